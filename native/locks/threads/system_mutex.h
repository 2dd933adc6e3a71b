/* SPDX-License-Identifier: MIT */
/*
 * The system's mutex for a task that leaves when its world is abandoned: it wakes to look, by a
 * clock that nobody sets. pthread_mutex_timedlock() goes by the wall clock.
 */
#ifndef DMTORTURE_SYSTEM_MUTEX_H
#define DMTORTURE_SYSTEM_MUTEX_H

#include <pthread.h>
#include <stdbool.h>
#include <time.h>

#include "task_wait.h"

#define LOOK_EVERY_NS 2000000
#define NAP_NS 50000 /* where the mutex has no wait with a time limit */
#define SECOND_NS 1000000000

/* Older ThreadSanitizers do not know the call, and take the mutex for one that nobody locked. */
#if defined(__SANITIZE_THREAD__)
#define UNDER_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define UNDER_TSAN 1
#endif
#endif

#if defined(__GLIBC__) && !defined(UNDER_TSAN)
#if __GLIBC_PREREQ(2, 30)
#define SYSTEM_MUTEX_CLOCKLOCK
/* glibc declares it where all of GNU's extensions are asked for. */
int pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until);
#endif
#endif

/* Returns whether @mutex was taken within a short time. */
static inline bool system_mutex_wait(pthread_mutex_t *mutex)
{
	struct timespec until;

#ifdef SYSTEM_MUTEX_CLOCKLOCK
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += LOOK_EVERY_NS;
	until.tv_sec += until.tv_nsec / SECOND_NS;
	until.tv_nsec %= SECOND_NS;
	return !pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &until);
#else
	(void)mutex;
	until = (struct timespec){.tv_nsec = NAP_NS};
	nanosleep(&until, NULL);
	return false;
#endif
}

static inline void system_mutex_or_leave(pthread_mutex_t *mutex, struct task *t)
{
	while (pthread_mutex_trylock(mutex)) {
		task_turn(t, TURNS_OF_A_YIELD);
		if (system_mutex_wait(mutex))
			return;
	}
}

#endif
