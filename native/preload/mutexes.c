/* SPDX-License-Identifier: MIT */
/* pthread_mutex_*, as the program calls it. */
#define _GNU_SOURCE
#include <errno.h>
#include <time.h>

#include "mutex.h"
#include "reals.h"
#include "timed.h"

int take_again(struct own *o, const struct self *s, bool tries)
{
	if (atomic_load_explicit(&o->owner, memory_order_relaxed) != s->index)
		return -1;
	if ((o->kind & KIND_TYPE) == PTHREAD_MUTEX_ERRORCHECK_NP)
		return tries ? EBUSY : EDEADLK;
	if (o->depth == UINT32_MAX)
		return EAGAIN;
	o->depth++;
	return 0;
}

void take_counted(struct room *room, void (*take)(struct room *), struct self *s, const void *from,
		  uint64_t *since, uint32_t *timed)
{
	uint64_t began = ticks();

	take(room);
	note_waited(s, from, ticks() - began, since, timed);
}

API int pthread_mutex_lock(pthread_mutex_t *m)
{
	return verbs->lock(m, HERE);
}

API int pthread_mutex_trylock(pthread_mutex_t *m)
{
	return verbs->trylock(m, HERE);
}

API int pthread_mutex_unlock(pthread_mutex_t *m)
{
	return verbs->unlock(m);
}

static bool stays_libcs(pthread_mutex_t *m)
{
	return !replaces() || !is_ours(own_of(m));
}

/* A waiter with a deadline has no place in a queue, which none could leave: it tries again. */
static int lock_until(pthread_mutex_t *m, clockid_t clock, const struct timespec *until, void *from)
{
	struct own *o = own_of(m);
	struct nap nap = {0};
	int result = verbs->trylock(m, from);

	if (result != EBUSY)
		return result;
	if (!is_plain(o) &&
	    atomic_load_explicit(&o->owner, memory_order_relaxed) == myself()->index)
		return EDEADLK;
	if (!is_time(until))
		return EINVAL;
	while (result == EBUSY) {
		if (has_passed(clock, until))
			return ETIMEDOUT;
		take_nap(&nap);
		result = verbs->trylock(m, from);
	}
	return result;
}

API int pthread_mutex_timedlock(pthread_mutex_t *m, const struct timespec *until)
{
	if (stays_libcs(m)) {
		libc_mutex_seen(m);
		return real()->pthread_mutex_timedlock(m, until);
	}
	return lock_until(m, CLOCK_REALTIME, until, HERE);
}

API int pthread_mutex_clocklock(pthread_mutex_t *m, clockid_t clock, const struct timespec *until)
{
	if (stays_libcs(m)) {
		libc_mutex_seen(m);
		return real()->pthread_mutex_clocklock(m, clock, until);
	}
	if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
		return EINVAL;
	return lock_until(m, clock, until, HERE);
}

/* Taken if it is free, and never given back: nothing else can say of every lock that it is held. */
API int pthread_mutex_destroy(pthread_mutex_t *m)
{
	struct own *o = own_of(m);

	if (stays_libcs(m))
		return unlikely(resolving) ? 0 : real()->pthread_mutex_destroy(m);
	if (!verbs->room_try(&o->room))
		return EBUSY;
	verbs->room_give(&o->room);
	o->kind = -1;
	return 0;
}
