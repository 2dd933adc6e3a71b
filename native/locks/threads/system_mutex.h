/* SPDX-License-Identifier: MIT */
/* The system's mutex for a task that leaves when its world is abandoned: it wakes to look. */
#ifndef DMTORTURE_SYSTEM_MUTEX_H
#define DMTORTURE_SYSTEM_MUTEX_H

#include <pthread.h>
#include <time.h>

#include "task_wait.h"

#define LOOK_EVERY_NS 2000000
#define SECOND_NS 1000000000

static inline void system_mutex_or_leave(pthread_mutex_t *mutex, struct task *t)
{
	while (pthread_mutex_trylock(mutex)) {
		struct timespec until;

		task_turn(t, TURNS_OF_A_YIELD);
#ifdef __APPLE__
		until = (struct timespec){.tv_nsec = LOOK_EVERY_NS / 40};
		nanosleep(&until, NULL);
#else
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += LOOK_EVERY_NS;
		until.tv_sec += until.tv_nsec / SECOND_NS;
		until.tv_nsec %= SECOND_NS;
		if (!pthread_mutex_timedlock(mutex, &until))
			return;
#endif
	}
}

#endif
