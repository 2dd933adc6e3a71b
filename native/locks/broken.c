/* SPDX-License-Identifier: MIT */
/* The control: a lock that excludes nobody. What does not catch it measures nothing. */
#include "lock.h"

static void broken_make(void *lock, struct node *nodes, uint32_t threads)
{
	(void)lock;
	(void)nodes;
	(void)threads;
}

static inline void broken_acquire(void *lock, struct locker *me)
{
	(void)lock;
	(void)me;
}

static inline void broken_release(void *lock, struct locker *me)
{
	(void)lock;
	(void)me;
}

DEFINE_LOCK(broken, 0);
