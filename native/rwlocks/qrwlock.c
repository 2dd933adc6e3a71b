/* SPDX-License-Identifier: MIT */
/* Linux's reader-writer lock; see qrw.h. */
#include "qrw.h"
#include "rwlock.h"

static void qrwlock_make(void *lock, struct node *nodes, uint32_t threads)
{
	(void)nodes;
	(void)threads;
	qrw_make(lock);
}

static inline void qrwlock_read_lock(void *lock, struct locker *me)
{
	qrw_read_lock(lock, me);
}

static inline bool qrwlock_read_unlock(void *lock, struct locker *me)
{
	qrw_read_unlock(lock, me);
	return false;
}

static inline void qrwlock_write_lock(void *lock, struct locker *me)
{
	qrw_write_lock(lock, me);
}

static inline void qrwlock_write_unlock(void *lock, struct locker *me)
{
	qrw_write_unlock(lock, me);
}

DEFINE_RWLOCK(qrwlock, sizeof(struct qrw));
