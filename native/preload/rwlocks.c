/* SPDX-License-Identifier: MIT */
/*
 * pthread_rwlock_*: readers count themselves in, and writers line up at the chosen lock before
 * they wait for the last reader. Readers go first, as with libc: else a thread that reads twice
 * with a writer between would wait for itself. One word says all, also that somebody sleeps: once
 * it is free another thread may free its memory.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "counting.h"
#include "reals.h"
#include "ticks.h"
#include "timed.h"
#include "verbs.h"

#define RW_WRITER 0x80000000u
#define RW_SLEEPERS 0x40000000u
#define RW_READERS (RW_SLEEPERS - 1)
#define PAUSES 100u

static bool is_libcs(pthread_rwlock_t *l)
{
	struct own_rw *o = own_rw_of(l);

	if (!replaces())
		return true;
	if (is_our_rw(o))
		return false;
	counts_libc(o->shared ? LIBC_SHARED : LIBC_WRITERS);
	return true;
}

static struct self *caller(void)
{
	return verbs->counted ? counting_self() : myself();
}

static void count(struct self *s, const void *from, uint64_t began, uint64_t *since,
		  uint32_t *timed)
{
	if (!verbs->counted)
		return;
	if (began)
		note_waited(s, from, ticks() - began, since, timed);
	else
		note_acquired(s, from, since, timed);
}

/* Readers hold it together, so none of their holds is timed. */
static void count_reader(struct self *s, const void *from, uint64_t began)
{
	uint64_t since;
	uint32_t timed;

	count(s, from, began, &since, &timed);
}

static bool read_try(struct own_rw *o)
{
	uint32_t state = atomic_load_explicit(&o->state, memory_order_relaxed);

	while (!(state & RW_WRITER) && (state & RW_READERS) != RW_READERS)
		if (atomic_compare_exchange_weak_explicit(&o->state, &state, state + 1,
							  memory_order_acquire,
							  memory_order_relaxed))
			return true;
	return false;
}

static bool write_try(struct own_rw *o)
{
	uint32_t none = 0;

	return atomic_compare_exchange_strong_explicit(&o->state, &none, RW_WRITER,
						       memory_order_acquire, memory_order_relaxed);
}

/* Sleep until the word changes; @until NULL: without a limit. */
static void rw_sleep(struct own_rw *o, uint32_t state, clockid_t clock,
		     const struct timespec *until)
{
	int wait = FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG;
	int error = errno;

	if (!(state & RW_SLEEPERS) &&
	    !atomic_compare_exchange_strong_explicit(&o->state, &state, state | RW_SLEEPERS,
						     memory_order_relaxed, memory_order_relaxed))
		return;
	if (clock == CLOCK_REALTIME)
		wait |= FUTEX_CLOCK_REALTIME;
	syscall(SYS_futex, &o->state, wait, state | RW_SLEEPERS, until, NULL,
		FUTEX_BITSET_MATCH_ANY);
	errno = error;
}

static void rw_wake(struct own_rw *o)
{
	int error = errno;

	syscall(SYS_futex, &o->state, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
	errno = error;
}

struct limit {
	clockid_t clock;
	const struct timespec *until; /* NULL: none */
};

/* Until @try has it. Returns 0, ETIMEDOUT or EINVAL. */
static int rw_wait(struct own_rw *o, bool (*try)(struct own_rw *), uint32_t in_the_way,
		   struct limit limit)
{
	for (uint32_t turn = 0; !try(o); turn++) {
		uint32_t state = atomic_load_explicit(&o->state, memory_order_relaxed);

		if (limit.until && !is_time(limit.until))
			return EINVAL;
		if (limit.until && has_passed(limit.clock, limit.until))
			return ETIMEDOUT;
		if (turn < PAUSES)
			cpu_pause();
		else if (state & in_the_way)
			rw_sleep(o, state, limit.clock, limit.until);
	}
	return 0;
}

static bool writes_itself(struct own_rw *o, const struct self *s)
{
	return atomic_load_explicit(&o->state, memory_order_relaxed) & RW_WRITER &&
	       atomic_load_explicit(&o->owner, memory_order_relaxed) == s->index;
}

static int rw_read(struct own_rw *o, struct limit limit, const void *from)
{
	struct self *s = caller();
	uint64_t began = 0;
	int result;

	if (!read_try(o)) {
		if (writes_itself(o, s))
			return EDEADLK;
		if ((atomic_load(&o->state) & (RW_WRITER | RW_READERS)) == RW_READERS)
			return EAGAIN;
		began = ticks();
		result = rw_wait(o, read_try, RW_WRITER, limit);
		if (result)
			return result;
	}
	count_reader(s, from, began);
	return 0;
}

static void now_written(struct own_rw *o, const struct self *s, bool lined_up)
{
	atomic_store_explicit(&o->owner, s->index, memory_order_relaxed);
	o->lined_up = lined_up;
}

static int rw_write_until(struct own_rw *o, struct limit limit, const void *from)
{
	struct self *s = caller();
	uint64_t began = 0;

	if (!write_try(o)) {
		int result;

		if (writes_itself(o, s))
			return EDEADLK;
		began = ticks();
		result = rw_wait(o, write_try, RW_WRITER | RW_READERS, limit);
		if (result)
			return result;
	}
	now_written(o, s, false);
	count(s, from, began, &o->since, &o->timed);
	return 0;
}

API int pthread_rwlock_rdlock(pthread_rwlock_t *l)
{
	if (is_libcs(l))
		return real()->pthread_rwlock_rdlock(l);
	return rw_read(own_rw_of(l), (struct limit){0}, HERE);
}

API int pthread_rwlock_tryrdlock(pthread_rwlock_t *l)
{
	if (is_libcs(l))
		return real()->pthread_rwlock_tryrdlock(l);
	if (!read_try(own_rw_of(l)))
		return EBUSY;
	count_reader(caller(), HERE, 0);
	return 0;
}

API int pthread_rwlock_timedrdlock(pthread_rwlock_t *l, const struct timespec *until)
{
	if (is_libcs(l))
		return real()->pthread_rwlock_timedrdlock(l, until);
	return rw_read(own_rw_of(l), (struct limit){CLOCK_REALTIME, until}, HERE);
}

static bool is_clock(clockid_t clock)
{
	return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
}

API int pthread_rwlock_clockrdlock(pthread_rwlock_t *l, clockid_t clock,
				   const struct timespec *until)
{
	if (is_libcs(l))
		return real()->pthread_rwlock_clockrdlock(l, clock, until);
	if (!is_clock(clock))
		return EINVAL;
	return rw_read(own_rw_of(l), (struct limit){clock, until}, HERE);
}

/* Writers line up first, so that they do not all race for the word. */
API int pthread_rwlock_wrlock(pthread_rwlock_t *l)
{
	struct own_rw *o = own_rw_of(l);
	struct self *s;
	uint64_t began = 0;

	if (is_libcs(l))
		return real()->pthread_rwlock_wrlock(l);
	s = caller();
	if (writes_itself(o, s))
		return EDEADLK;
	if (!verbs->room_try(&o->room)) {
		began = ticks();
		verbs->room_take(&o->room);
	}
	if (!write_try(o)) {
		began = began ? began : ticks();
		rw_wait(o, write_try, RW_WRITER | RW_READERS, (struct limit){0});
	}
	now_written(o, s, true);
	count(s, HERE, began, &o->since, &o->timed);
	return 0;
}

API int pthread_rwlock_trywrlock(pthread_rwlock_t *l)
{
	struct own_rw *o = own_rw_of(l);
	struct self *s;

	if (is_libcs(l))
		return real()->pthread_rwlock_trywrlock(l);
	s = caller();
	if (!write_try(o))
		return EBUSY;
	now_written(o, s, false);
	count(s, HERE, 0, &o->since, &o->timed);
	return 0;
}

API int pthread_rwlock_timedwrlock(pthread_rwlock_t *l, const struct timespec *until)
{
	if (is_libcs(l))
		return real()->pthread_rwlock_timedwrlock(l, until);
	return rw_write_until(own_rw_of(l), (struct limit){CLOCK_REALTIME, until}, HERE);
}

API int pthread_rwlock_clockwrlock(pthread_rwlock_t *l, clockid_t clock,
				   const struct timespec *until)
{
	if (is_libcs(l))
		return real()->pthread_rwlock_clockwrlock(l, clock, until);
	if (!is_clock(clock))
		return EINVAL;
	return rw_write_until(own_rw_of(l), (struct limit){clock, until}, HERE);
}

static void write_unlock(struct own_rw *o)
{
	bool lined_up = o->lined_up;

	note_released(o->since, o->timed);
	o->since = 0;
	o->lined_up = false;
	atomic_store_explicit(&o->owner, 0, memory_order_relaxed);
	/* The room first: nothing may be touched once the word is free. */
	if (lined_up)
		verbs->room_give(&o->room);
	if (atomic_exchange_explicit(&o->state, 0, memory_order_release) & RW_SLEEPERS)
		rw_wake(o);
}

static void read_unlock(struct own_rw *o)
{
	uint32_t state = atomic_load_explicit(&o->state, memory_order_relaxed), left;

	do
		left = (state & RW_READERS) == 1 ? 0 : state - 1;
	while (!atomic_compare_exchange_weak_explicit(&o->state, &state, left, memory_order_release,
						      memory_order_relaxed));
	if (!left && state & RW_SLEEPERS)
		rw_wake(o);
}

API int pthread_rwlock_unlock(pthread_rwlock_t *l)
{
	struct own_rw *o = own_rw_of(l);

	if (!replaces() || !is_our_rw(o))
		return real()->pthread_rwlock_unlock(l);
	if (atomic_load_explicit(&o->state, memory_order_relaxed) & RW_WRITER)
		write_unlock(o);
	else
		read_unlock(o);
	return 0;
}
