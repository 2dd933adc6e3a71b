/* SPDX-License-Identifier: MIT */
/*
 * What the compiler calls before each access that is not atomic (-fsanitize=thread). Most are not
 * points: a program without data races has the same outcomes either way, and one with a race is
 * found by the order of its accesses, whatever the schedule. An access that was found to race is
 * "hot": a point, since what happens between such accesses matters. Volatile accesses are always
 * points; for races they are plain, or, where options.volatile_marked asks for it, relaxed atomics.
 *
 * The compiler's call comes before the access, so that the value of a write is not known yet: it is
 * there when the same thread calls again (own_thread.pending).
 */
#include <string.h>

#include "own_tso.h"
#include "shadow.h"

/* Accesses without a point, after which a thread seems to wait for another by a plain read. */
#define QUIET_MAX OWN_QUIET_MAX
/* Of one execution, before another thread begins: it goes on for ever. In units of the above. */
#define QUIET_ALONE_MAX 1000u

/* Up to 8 bytes of program memory, as a number. */
static uint64_t value_at(uintptr_t address, unsigned int size)
{
	uint64_t value = 0;

	memcpy(&value, (const void *)address, size < sizeof(value) ? size : sizeof(value));
	return value;
}

/* What other accesses left in memory, of which the mirror does not know, is what it holds. */
static void follow(struct word *w, uintptr_t address, unsigned int size)
{
	uint64_t value = value_at(address, size);

	if (word_peek(w) != value)
		own_settle(w, value);
}

/*
 * A point on these bytes. A copy of many is one, since the compiler calls once and copies then;
 * own_copy() is how functions of the C library can be seen half done.
 */
static __attribute__((noinline)) void point_at(uintptr_t address, unsigned int size, bool writes,
					       uintptr_t pc)
{
	const struct site *site = own_site(pc);
	struct word *w = own_word_of_plain(address, size);

	/* Its last write may be of the same word: what it left there is no other's. */
	if (unlikely(own_me()->pending.word != NULL))
		own_finish_write(own_me());
	if (writes) {
		own_tell_where(address, size);
		follow(w, address, size);
		own_point(POINT_WRITE_PLAIN, w, site);
		own_me()->pending =
			(struct own_pending){.word = w, .address = address, .size = size};
		return;
	}
	do {
		own_tell_where(address, size);
		follow(w, address, size);
		own_point(POINT_READ_PLAIN, w, site);
		heap_touch(address, size, pc, false);
		follow(w, address, size);
		if (unlikely(own.telling))
			own_read_plainly(value_at(address, size));
	} while (own_goes_round(w, pc, value_at(address, size)));
}

/*
 * Under x86-TSO each access comes here: a thread's own view of what waits in its buffer is what its
 * atomics see alone.
 */
static __attribute__((noinline)) void is_quiet(uintptr_t address, unsigned int size, uintptr_t pc)
{
	static uint32_t execution, alone;

	if (own.quiet_from) {
		own_tso_touches(address, size, pc);
		if (own.quiet <= own.quiet_from + QUIET_MAX)
			return;
	}
	own.quiet = own.quiet_from;
	if (own.count > 1) {
		if (!own.hot[offset_of(pc)])
			own_learn(OWN_FACT_POINT, offset_of(pc));
		return;
	}
	if (execution != own.execution)
		alone = 0;
	execution = own.execution;
	if (++alone == QUIET_ALONE_MAX)
		own_fault(FAULT_HANG, pc,
			  "main() has touched memory %u million times, and has begun no thread",
			  QUIET_ALONE_MAX / (1000000 / QUIET_MAX));
}

/* What an access does, whatever it is. */
static __attribute__((noinline)) void plain_anyhow(uintptr_t address, unsigned int size,
						   unsigned int flags, uintptr_t pc)
{
	own.callbacks++;
	if (unlikely(++own.quiet > QUIET_MAX))
		is_quiet(address, size, pc);
	if (own.count > 1 && unlikely(own.hot[pc - 1 - own.text_low]) && cell_of(address))
		point_at(address, size, flags & OWN_WRITE, pc);
	heap_touch(address, size, pc, flags & OWN_WRITE);
	if (own.count < 2)
		return;
	if (flags & OWN_WRITE)
		own_wrote(address, size);
	shadow_touch(address, size, flags, pc);
}

static __attribute__((noinline)) void plain_of_headers(uintptr_t address, unsigned int size,
						       unsigned int flags, uintptr_t pc)
{
	plain_anyhow(address, size, flags, own_outer(pc));
}

/* The same of a write on its own stack by a thread that holds a lock, where nothing else is. */
static __attribute__((noinline)) void plain_write_locked(uintptr_t address, unsigned int size,
							 unsigned int flags, uintptr_t pc)
{
	own.callbacks++;
	own.quiet++;
	shadow_touch_at(address, size, flags, pc, (uint32_t)(pc - 1 - own.text_low));
	own_wrote_stack(address, size);
}

/*
 * The same at @pc, to which the calling function returns, for what is usual. What else there is, is
 * called last, so that nothing has to be saved for it.
 */
static __always_inline void plain(uintptr_t address, unsigned int size, unsigned int flags,
				  uintptr_t pc)
{
	struct own_thread *me = own_me();
	uintptr_t offset = pc - 1 - own.text_low;

	if (unlikely(!own.inside))
		return;
	if (unlikely(own.of_headers != NULL)) {
		plain_of_headers(address, size, flags, pc);
		return;
	}
	if (unlikely(own.quiet >= QUIET_MAX || own.hot[offset]) || !heap_allows(address, size)) {
		plain_anyhow(address, size, flags, pc);
		return;
	}
	if (flags & OWN_WRITE && me->loop.locks && own.count > 1 && own_is_on_stack(address)) {
		plain_write_locked(address, size, flags, pc);
		return;
	}
	own.callbacks++;
	own.quiet++;
	if (own.count < 2)
		return;
	if (flags & OWN_WRITE && !own_is_on_stack(address))
		me->progress++;
	shadow_touch_at(address, size, flags, pc, (uint32_t)offset);
}

void own_plain(uintptr_t address, unsigned int size, unsigned int flags, uintptr_t pc)
{
	if (unlikely(!own_is_code(pc)))
		pc = own_caller(pc);
	if (size && own.inside && own_is_code(pc))
		plain_anyhow(address, size, flags, pc);
}

/* What a relaxed atomic access of @address orders: fences alone. */
static void relaxed(uintptr_t address, bool writes)
{
	own_clock *clock = own_sync_clock(address);
	struct own_thread *me = own_me();

	if (!writes)
		own_join(&me->to_acquire, clock);
	else if (me->has_released)
		*clock = me->released;
	else
		*clock = (own_clock){0};
}

/* A volatile access is a point from the first on, so that it is not one that has to be learned. */
static __attribute__((noinline)) void volatile_access(uintptr_t address, unsigned int size,
						      unsigned int flags, uintptr_t pc)
{
	bool writes = flags & OWN_WRITE;

	if (unlikely(!own.inside))
		return;
	if (own.of_headers)
		pc = own_outer(pc);
	own.callbacks++;
	if (unlikely(own.quiet_from))
		own_tso_touches(address, size, pc);
	own.hot[pc - 1 - own.text_low] = 1;
	if (own.count > 1 && cell_of(address))
		point_at(address, size, writes, pc);
	heap_touch(address, size, pc, writes);
	if (own.count < 2)
		return;
	if (writes)
		own_wrote(address, size);
	if (own_options.volatile_marked) {
		relaxed(address, writes);
		flags |= OWN_IS_ATOMIC;
	}
	shadow_touch(address, size, flags, pc);
}

/* --- what the compiler calls --- */

#define ACCESSES(what, size, access, flags)                                                        \
	OWN_EXPORT void __tsan_##what##size(void *address);                                        \
	void __tsan_##what##size(void *address)                                                    \
	{                                                                                          \
		access((uintptr_t)address, size, flags, OWN_RETURN());                             \
	}
#define ALIGNED_AND_NOT(what, size, access, flags)                                                 \
	ACCESSES(what, size, access, flags)                                                        \
	ACCESSES(unaligned_##what, size, access, flags)
/* Both in one call: what stands between them cannot be seen. */
#define READ_AND_WRITE(what, size)                                                                 \
	OWN_EXPORT void __tsan_##what##size(void *address);                                        \
	void __tsan_##what##size(void *address)                                                    \
	{                                                                                          \
		plain((uintptr_t)address, size, OWN_READ, OWN_RETURN());                           \
		plain((uintptr_t)address, size, OWN_WRITE, OWN_RETURN());                          \
	}
#define OF_SIZE(size)                                                                              \
	ALIGNED_AND_NOT(read, size, plain, OWN_READ)                                               \
	ALIGNED_AND_NOT(write, size, plain, OWN_WRITE)                                             \
	ALIGNED_AND_NOT(volatile_read, size, volatile_access, OWN_READ)                            \
	ALIGNED_AND_NOT(volatile_write, size, volatile_access, OWN_WRITE)                          \
	READ_AND_WRITE(read_write, size)                                                           \
	READ_AND_WRITE(unaligned_read_write, size)

OF_SIZE(1)
OF_SIZE(2)
OF_SIZE(4)
OF_SIZE(8)
OF_SIZE(16)

OWN_EXPORT void __tsan_read_range(void *address, size_t size);
OWN_EXPORT void __tsan_write_range(void *address, size_t size);
OWN_EXPORT void __tsan_vptr_update(void *vptr, void *value);
OWN_EXPORT void __tsan_vptr_read(void **vptr);
OWN_EXPORT void __tsan_init(void);
OWN_EXPORT void __tsan_func_entry(void *caller);
OWN_EXPORT void __tsan_func_exit(void);
OWN_EXPORT void __tsan_ignore_thread_begin(void);
OWN_EXPORT void __tsan_ignore_thread_end(void);

void __tsan_read_range(void *address, size_t size)
{
	own_plain((uintptr_t)address, (unsigned int)size, OWN_READ, OWN_PC());
}

void __tsan_write_range(void *address, size_t size)
{
	own_plain((uintptr_t)address, (unsigned int)size, OWN_WRITE, OWN_PC());
}

/* Constructors and destructors of one class write the same value again and again. */
void __tsan_vptr_update(void *vptr, void *value)
{
	if (*(void **)vptr != value)
		plain((uintptr_t)vptr, sizeof(value), OWN_WRITE, OWN_RETURN());
}

void __tsan_vptr_read(void **vptr)
{
	plain((uintptr_t)vptr, sizeof(*vptr), OWN_READ, OWN_RETURN());
}

void __tsan_init(void)
{
}

void __tsan_func_entry(void *caller)
{
	(void)caller;
}

void __tsan_func_exit(void)
{
}

void __tsan_ignore_thread_begin(void)
{
}

void __tsan_ignore_thread_end(void)
{
}
