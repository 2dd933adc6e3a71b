/* SPDX-License-Identifier: MIT */
/* The system's mutex that spins first, where the system has one; elsewhere as it comes. */
#define _GNU_SOURCE
#include <pthread.h>

#include "lock.h"
#include "system_mutex.h"

static void pthread_adaptive_make(void *lock, struct node *nodes, uint32_t threads)
{
	pthread_mutexattr_t attributes;

	(void)nodes;
	(void)threads;
	pthread_mutexattr_init(&attributes);
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
#endif
	pthread_mutex_init(lock, &attributes);
	pthread_mutexattr_destroy(&attributes);
}

static inline void pthread_adaptive_acquire(void *lock, struct locker *me)
{
	(void)me;
	pthread_mutex_lock(lock);
}

static inline void pthread_adaptive_acquire_or_leave(void *lock, struct locker *me)
{
	system_mutex_or_leave(lock, me->task);
}

static inline void pthread_adaptive_release(void *lock, struct locker *me)
{
	(void)me;
	pthread_mutex_unlock(lock);
}

DEFINE_REFERENCE(pthread_adaptive, sizeof(pthread_mutex_t));
