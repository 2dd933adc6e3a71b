/* SPDX-License-Identifier: MIT */
/* The functions of a lock: what lock.h, and the shell of a lock of the user's, make of a file. */
#ifndef DMTORTURE_LOCK_OPS_H
#define DMTORTURE_LOCK_OPS_H

#include "atom.h"

struct member;

struct lock_ops {
	size_t bytes; /* of the lock itself; what threads wait on comes on top */
	/* Make @lock free. @nodes: one a thread, and one more, which is the lock's. */
	void (*make)(void *lock, struct node *nodes, uint32_t threads);
	/* Returns holding the lock. Context: @me does not hold it. */
	void (*acquire)(void *lock, struct locker *me);
	/* Context: @me holds it. */
	void (*release)(void *lock, struct locker *me);
	/* The measuring loop with the three above inlined; NULL in the model. See loop.h. */
	void (*loop)(struct member *member);
	/* acquire for a locker with a task, which leaves when its world is abandoned. */
	void (*acquire_or_leave)(void *lock, struct locker *me);
	/* The two verbs are a library's, which has its node in the place of @me. */
	bool takes_node;
	/* Of a reader-writer lock; acquire and release are a writer's then. NULL: no such lock. */
	void (*read_acquire)(void *lock, struct locker *me);
	/*
	 * Returns whether what was read between may be torn, and has to be read again, from
	 * read_acquire() on: never, but of an optimistic one.
	 */
	bool (*read_release)(void *lock, struct locker *me);
};

/* What the verbs of @ops get as their second argument, called through pointers. */
static inline struct locker *lock_argument(const struct lock_ops *ops, struct locker *me)
{
	return ops->takes_node ? (struct locker *)(void *)me->node : me;
}

#endif
