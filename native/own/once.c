/* SPDX-License-Identifier: MIT */
/*
 * What is done once: pthread_once(), call_once(), the statics of C++ functions. A gate that is shut
 * while a thread does it; the program's own memory says when it is done, as the C library's does.
 */
#include "objects.h"

#include <pthread.h>
#include <threads.h>

#include "atomics.h"
#include "gates.h"
#include "own_weak.h"

#define DONE (UINT64_C(1) << GATE_SHIFT)

static uint64_t begin(uint64_t value, uint64_t by)
{
	return value ? value : by;
}

static uint64_t set(uint64_t value, uint64_t by)
{
	(void)value;
	return by;
}

/* Returns whether the current thread is to do it; then end() follows. */
static bool begins(const void *once, bool is_done, uintptr_t pc)
{
	struct word *w = own_object((uintptr_t)once, OWN_ONCE);
	uint64_t state;
	uint32_t thread;

	/* A constructor did it. */
	if (unlikely(is_done && !word_peek(w)))
		own_settle(w, DONE);
	own_waits("an initialisation that is done once", once, pc);
	thread = own_leave();
	state = gate_take(own_me()->task, w, begin, GATE_CLOSED, own_site(pc));
	own_return(thread);
	own_waits_no_more();
	own_acquire((uintptr_t)once);
	observe(own_me()->task, state != 0);
	return !state;
}

static void end(const void *once, bool done, uintptr_t pc)
{
	struct word *w = own_object((uintptr_t)once, OWN_ONCE);
	uint32_t thread;

	own_release((uintptr_t)once);
	own_wrote(0, 0);
	thread = own_leave();
	gate_step(own_me()->task, w, set, done ? DONE : 0, own_site(pc));
	own_return(thread);
}

/* What is left to do where the function ends, by an exception, too. */
struct doing {
	int *once;
	uintptr_t pc;
	bool done;
};

static void did(struct doing *doing)
{
	*doing->once = doing->done ? 2 : 0;
	if (own.inside && own_is_put_back(doing->once))
		end(doing->once, doing->done, doing->pc);
}

static void do_it(int *once, void (*function)(void), uintptr_t pc)
{
	__attribute__((cleanup(did))) struct doing doing = {.once = once, .pc = pc};

	function();
	doing.done = true;
}

void own_once(int *once, void (*function)(void), uintptr_t pc)
{
	bool inside = own.inside && own_is_put_back(once);

	if (inside)
		own_heap_check((uintptr_t)once, sizeof(*once), pc, true);
	if (inside ? begins(once, *once == 2, pc) : *once != 2)
		do_it(once, function, pc);
}

OWN_EXPORT int pthread_once(pthread_once_t *once, void (*function)(void))
{
	own_once(once, function, OWN_PC());
	return 0;
}

OWN_EXPORT void call_once(once_flag *once, void (*function)(void))
{
	own_once((int *)once, function, OWN_PC());
}

/* --- statics of functions: the compiler looks at the guard's first byte itself --- */

OWN_EXPORT int __cxa_guard_acquire(char *guard);
OWN_EXPORT int __cxa_guard_acquire(char *guard)
{
	uintptr_t pc = OWN_PC();

	if (!own.inside || !own_is_put_back(guard))
		return !*guard;
	return begins(guard, *guard, pc);
}

OWN_EXPORT void __cxa_guard_release(char *guard);
OWN_EXPORT void __cxa_guard_release(char *guard)
{
	uintptr_t pc = OWN_PC(), address = (uintptr_t)guard;
	struct word *w;

	bool inside = own.inside && own_is_put_back(guard);

	if (inside && own.memory) {
		own_weak_store(address, 1, 1, OWN_RELEASE, pc);
	} else if (inside) {
		w = own_comes_to(POINT_WRITE, address, 1, pc);
		own_stored(w, address, 1, OWN_RELEASE, 0, 1, pc);
		own_changed(w);
	}
	*guard = 1;
	if (inside)
		end(guard, true, pc);
}

OWN_EXPORT void __cxa_guard_abort(char *guard);
OWN_EXPORT void __cxa_guard_abort(char *guard)
{
	if (own.inside && own_is_put_back(guard))
		end(guard, false, OWN_PC());
}
