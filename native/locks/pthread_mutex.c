/* SPDX-License-Identifier: MIT */
/* The system's mutex, as it comes. */
#include <pthread.h>

#include "lock.h"
#include "system_mutex.h"

static void pthread_mutex_make(void *lock, struct node *nodes, uint32_t threads)
{
	(void)nodes;
	(void)threads;
	pthread_mutex_init(lock, NULL);
}

static inline void pthread_mutex_acquire(void *lock, struct locker *me)
{
	(void)me;
	pthread_mutex_lock(lock);
}

static inline void pthread_mutex_acquire_or_leave(void *lock, struct locker *me)
{
	system_mutex_or_leave(lock, me->task);
}

static inline void pthread_mutex_release(void *lock, struct locker *me)
{
	(void)me;
	pthread_mutex_unlock(lock);
}

DEFINE_REFERENCE(pthread_mutex, sizeof(pthread_mutex_t));
