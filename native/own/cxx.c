/* SPDX-License-Identifier: MIT */
/*
 * C++: operator new and delete of all shapes, and exceptions that nobody catches. libstdc++ finds
 * these names before its own, so that what it allocates for the program is of the program's heap,
 * too. What it allocates for itself and keeps (locales, the first use of a stream) is not: it
 * would be gone in the next execution.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "process.h"

#define FILL 0xbe

/* What libstdc++ has; NULL where the program is C. */
static struct {
	const struct {
		const void *of;
		const char *name;
	} * (*type)(void);
	char *(*demangle)(const char *name, char *text, size_t *size, int *status);
	void (*throw_bad_alloc)(void);
} cxx;

/* --- operator new --- */

/* Functions of libstdc++ whose allocations outlive an execution. */
static bool is_kept_by(const char *function)
{
	static const char *const names[] = {"6locale",	   "11__use_cache", "8ios_base",
					    "__use_cache", "14__codecvt",   "5ctype"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strstr(function, names[i]))
			return true;
	return false;
}

/* Callers in libraries, by code address, and what was found out about them. */
#define CALLERS 256

struct caller {
	uintptr_t pc;
	bool keeps; /* what it makes outlives an execution */
	bool allocates_exceptions;
	bool counts; /* the references to what it makes */
};

static const struct caller *caller_at(uintptr_t pc)
{
	static struct caller callers[CALLERS];
	struct caller *c = &callers[pc * UINT64_C(0x9e3779b97f4a7c15) >> 56];
	Dl_info info;

	if (c->pc == pc)
		return c;
	*c = (struct caller){.pc = pc};
	if (dladdr((void *)(pc - 1), &info) && info.dli_sname) {
		c->keeps = is_kept_by(info.dli_sname);
		c->allocates_exceptions = strstr(info.dli_sname, "__cxa_allocate_") != NULL;
		/* The message of an exception is a string of the old sort, which is shared. */
		c->counts = strstr(info.dli_sname, "4_Rep9_S_create") != NULL;
	}
	return c;
}

/* Exceptions are the program's: their addresses are read, and those in flight at an end are gone.
 */
bool own_allocates_exceptions(uintptr_t pc)
{
	return caller_at(pc)->allocates_exceptions;
}

static void *make_or_null(size_t size, size_t align, uintptr_t pc)
{
	if (own_is_code(pc) && (own.inside || own.loading))
		return own_take(size, align, pc, FILL);
	if (!own_is_code(pc) && own.inside && !caller_at(pc)->keeps)
		return own_take_within(size, align, pc, FILL, caller_at(pc)->counts);
	return align > 16 ? BELOW(memalign)(align, size) : BELOW(malloc)(size);
}

static void *make(size_t size, size_t align, uintptr_t pc)
{
	void *made = make_or_null(size, align, pc);

	if (unlikely(!made)) {
		if (cxx.throw_bad_alloc)
			cxx.throw_bad_alloc();
		own_refuse(pc, "operator new of %zu bytes is not supported", size);
	}
	return made;
}

static void unmake(void *block, uintptr_t pc)
{
	if (own.inside || own.loading || arena_of((uintptr_t)block))
		own_free(block, own_caller(pc));
	else
		BELOW(free)(block);
}

#define NEW(name, ...)                                                                             \
	OWN_EXPORT void *name(size_t size, ##__VA_ARGS__);                                         \
	void *name(size_t size, ##__VA_ARGS__)
#define DELETE(name, ...)                                                                          \
	OWN_EXPORT void name(void *block, ##__VA_ARGS__);                                          \
	void name(void *block, ##__VA_ARGS__)                                                      \
	{                                                                                          \
		unmake(block, OWN_PC());                                                           \
	}
#define UNUSED __attribute__((unused))

NEW(_Znwm)
{
	return make(size, 1, OWN_PC());
}

NEW(_Znam)
{
	return make(size, 1, OWN_PC());
}

NEW(_ZnwmRKSt9nothrow_t, const void *nothrow UNUSED)
{
	return make_or_null(size, 1, OWN_PC());
}

NEW(_ZnamRKSt9nothrow_t, const void *nothrow UNUSED)
{
	return make_or_null(size, 1, OWN_PC());
}

NEW(_ZnwmSt11align_val_t, size_t align)
{
	return make(size, align, OWN_PC());
}

NEW(_ZnamSt11align_val_t, size_t align)
{
	return make(size, align, OWN_PC());
}

NEW(_ZnwmSt11align_val_tRKSt9nothrow_t, size_t align, const void *nothrow UNUSED)
{
	return make_or_null(size, align, OWN_PC());
}

NEW(_ZnamSt11align_val_tRKSt9nothrow_t, size_t align, const void *nothrow UNUSED)
{
	return make_or_null(size, align, OWN_PC());
}

DELETE(_ZdlPv)
DELETE(_ZdaPv)
DELETE(_ZdlPvm, size_t size UNUSED)
DELETE(_ZdaPvm, size_t size UNUSED)
DELETE(_ZdlPvSt11align_val_t, size_t align UNUSED)
DELETE(_ZdaPvSt11align_val_t, size_t align UNUSED)
DELETE(_ZdlPvmSt11align_val_t, size_t size UNUSED, size_t align UNUSED)
DELETE(_ZdaPvmSt11align_val_t, size_t size UNUSED, size_t align UNUSED)
DELETE(_ZdlPvRKSt9nothrow_t, const void *nothrow UNUSED)
DELETE(_ZdaPvRKSt9nothrow_t, const void *nothrow UNUSED)
DELETE(_ZdlPvSt11align_val_tRKSt9nothrow_t, size_t align UNUSED, const void *nothrow UNUSED)
DELETE(_ZdaPvSt11align_val_tRKSt9nothrow_t, size_t align UNUSED, const void *nothrow UNUSED)

/* --- what nobody catches --- */

/* std::terminate() has nobody to go back to. */
static _Noreturn void terminates(void)
{
	const char *name = cxx.type && cxx.type() ? cxx.type()->name : NULL;
	char *readable = name && cxx.demangle ? cxx.demangle(name, NULL, NULL, NULL) : NULL;
	uintptr_t pc = own_caller(OWN_PC());

	if (name)
		own_fault(FAULT_ABORT, pc, "%s throws %s, which nobody catches",
			  own_name(own.current), readable ? readable : name);
	own_fault(FAULT_ABORT, pc,
		  "%s ends in std::terminate(): a std::thread was neither joined nor "
		  "detached, or a noexcept function threw",
		  own_name(own.current));
}

void own_cxx_begin(void *program)
{
	void (*(*set)(void (*)(void)))(void);

	*(void **)&cxx.type = dlsym(program, "__cxa_current_exception_type");
	*(void **)&cxx.demangle = dlsym(program, "__cxa_demangle");
	*(void **)&cxx.throw_bad_alloc = dlsym(program, "_ZSt17__throw_bad_allocv");
	*(void **)&set = dlsym(program, "_ZSt13set_terminatePFvvE");
	if (set)
		set(terminates);
	own_library.once[0] = dlsym(program, "_ZSt15__once_callable");
	own_library.once[1] = dlsym(program, "_ZSt11__once_call");
	if (!own_library.once[1])
		own_library.once[0] = NULL;
}
