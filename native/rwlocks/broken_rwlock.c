/* SPDX-License-Identifier: MIT */
/* The control: writers exclude each other, and no reader. What does not catch it sees nothing. */
#include "line_up.h"
#include "rwlock.h"

static void broken_rwlock_make(void *lock, struct node *nodes, uint32_t threads)
{
	(void)nodes;
	(void)threads;
	line_up_make(lock);
}

static inline void broken_rwlock_read_lock(void *lock, struct locker *me)
{
	(void)lock;
	(void)me;
}

static inline bool broken_rwlock_read_unlock(void *lock, struct locker *me)
{
	(void)lock;
	(void)me;
	return false;
}

static inline void broken_rwlock_write_lock(void *lock, struct locker *me)
{
	line_up(lock, me);
}

static inline void broken_rwlock_write_unlock(void *lock, struct locker *me)
{
	line_leave(lock, me);
}

DEFINE_RWLOCK(broken_rwlock, sizeof(struct line_up));
