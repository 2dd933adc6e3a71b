/* SPDX-License-Identifier: MIT */
/* The system's spinlock. Where there is none (macOS), the mutex stands in. */
#define _GNU_SOURCE
#include <pthread.h>

#include "lock.h"

#ifdef __APPLE__
#define pthread_spinlock_t pthread_mutex_t
#define pthread_spin_lock pthread_mutex_lock
#define pthread_spin_trylock pthread_mutex_trylock
#define pthread_spin_unlock pthread_mutex_unlock
#endif

static void pthread_spin_make(void *lock, struct node *nodes, uint32_t threads)
{
	(void)nodes;
	(void)threads;
#ifdef __APPLE__
	pthread_mutex_init(lock, NULL);
#else
	pthread_spin_init(lock, PTHREAD_PROCESS_PRIVATE);
#endif
}

static inline void pthread_spin_acquire(void *lock, struct locker *me)
{
	(void)me;
	pthread_spin_lock(lock);
}

static inline void pthread_spin_acquire_or_leave(void *lock, struct locker *me)
{
	while (pthread_spin_trylock(lock)) {
		cpu_pause();
		task_turn(me->task, 1);
	}
}

static inline void pthread_spin_release(void *lock, struct locker *me)
{
	(void)me;
	pthread_spin_unlock(lock);
}

DEFINE_REFERENCE(pthread_spin, sizeof(pthread_spinlock_t));
