/* SPDX-License-Identifier: MIT */
/* The system's reader-writer lock, as it comes: readers go first. */
#include <pthread.h>

#include "rwlock.h"

static void pthread_rwlock_make(void *lock, struct node *nodes, uint32_t threads)
{
	(void)nodes;
	(void)threads;
	pthread_rwlock_init(lock, NULL);
}

static inline void pthread_rwlock_read_lock(void *lock, struct locker *me)
{
	(void)me;
	pthread_rwlock_rdlock(lock);
}

static inline bool pthread_rwlock_read_unlock(void *lock, struct locker *me)
{
	(void)me;
	pthread_rwlock_unlock(lock);
	return false;
}

static inline void pthread_rwlock_write_lock(void *lock, struct locker *me)
{
	(void)me;
	pthread_rwlock_wrlock(lock);
}

static inline void pthread_rwlock_write_unlock(void *lock, struct locker *me)
{
	(void)me;
	pthread_rwlock_unlock(lock);
}

DEFINE_RWLOCK(pthread_rwlock, sizeof(pthread_rwlock_t));
