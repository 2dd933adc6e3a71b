/* SPDX-License-Identifier: MIT */
/* libc's mutexes: those of the kinds that stay its own, and all of them with --lock pthread_mutex.
 */
#define _GNU_SOURCE
#include "libc_mutex.h"

#include <errno.h>

#include "counting.h"
#include "reals.h"
#include "verbs.h"

/* A destroyed one has a negative kind, and libc says what that is. */
void libc_mutex_seen(const pthread_mutex_t *m)
{
	const struct own *o = (const struct own *)m;

	if (o->kind < 0)
		return;
	if (o->kind & KIND_ROBUST)
		counts_libc(LIBC_ROBUST);
	else if (o->kind & (KIND_INHERIT | KIND_PROTECT))
		counts_libc(LIBC_PRIORITY);
	else if (o->kind & KIND_SHARED)
		counts_libc(LIBC_SHARED);
}

int libc_mutex_lock(pthread_mutex_t *m)
{
	if (unlikely(resolving))
		return 0;
	libc_mutex_seen(m);
	return real()->pthread_mutex_lock(m);
}

int libc_mutex_trylock(pthread_mutex_t *m)
{
	if (unlikely(resolving))
		return 0;
	libc_mutex_seen(m);
	return real()->pthread_mutex_trylock(m);
}

int libc_mutex_unlock(pthread_mutex_t *m)
{
	if (unlikely(resolving))
		return 0;
	return real()->pthread_mutex_unlock(m);
}

static int system_lock(pthread_mutex_t *m, void *from)
{
	(void)from;
	return libc_mutex_lock(m);
}

static int system_trylock(pthread_mutex_t *m, void *from)
{
	(void)from;
	return libc_mutex_trylock(m);
}

/* A hold has no place in libc's mutex to note when it began: none is timed. */
static void count_taken(struct self *s, const void *from, uint64_t waited)
{
	uint64_t since;
	uint32_t timed;

	if (waited)
		note_waited(s, from, waited, &since, &timed);
	else
		note_acquired(s, from, &since, &timed);
}

static int is_taken(int result)
{
	return !result || result == EOWNERDEAD;
}

static int counted_lock(pthread_mutex_t *m, void *from)
{
	struct self *s;
	uint64_t began;
	int result;

	if (unlikely(resolving))
		return 0;
	libc_mutex_seen(m);
	s = counting_self();
	result = real()->pthread_mutex_trylock(m);
	if (likely(is_taken(result))) {
		count_taken(s, from, 0);
		return result;
	}
	/* Held, or an error that lock() has in words of its own. */
	began = ticks();
	result = real()->pthread_mutex_lock(m);
	if (is_taken(result))
		count_taken(s, from, ticks() - began);
	return result;
}

static int counted_trylock(pthread_mutex_t *m, void *from)
{
	struct self *s;
	int result;

	if (unlikely(resolving))
		return 0;
	s = counting_self();
	result = libc_mutex_trylock(m);
	if (is_taken(result))
		count_taken(s, from, 0);
	return result;
}

const struct verbs pthread_mutex_verbs_false = {.lock = system_lock,
						.trylock = system_trylock,
						.unlock = libc_mutex_unlock,
						.chosen = true};
const struct verbs pthread_mutex_verbs_true = {.lock = counted_lock,
					       .trylock = counted_trylock,
					       .unlock = libc_mutex_unlock,
					       .counted = true,
					       .chosen = true};
