/* SPDX-License-Identifier: MIT */
/* nsync's mutex, in our loops. */
#include <nsync.h>

#include "lock.h"

static void nsync_make(void *lock, struct node *nodes, uint32_t threads)
{
	(void)nodes;
	(void)threads;
	nsync_mu_init(lock);
}

static inline void nsync_acquire(void *lock, struct locker *me)
{
	(void)me;
	nsync_mu_lock(lock);
}

static inline void nsync_release(void *lock, struct locker *me)
{
	(void)me;
	nsync_mu_unlock(lock);
}

DEFINE_LOCK(nsync, sizeof(nsync_mu));
