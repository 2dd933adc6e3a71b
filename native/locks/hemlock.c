/* SPDX-License-Identifier: MIT */
/*
 * Hemlock: a queue with one word a thread, in which the thread before leaves the address of the
 * lock that it grants. Dice and Kogan, "Hemlock: Compact and Scalable Mutual Exclusion", SPAA
 * 2021, listing 1. The word is free for the next lock when the grant was taken, and release
 * waits for that.
 */
#include "lock.h"

struct hemlock {
	struct link tail;
};

static void hemlock_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct hemlock *l = lock;

	for (uint32_t i = 0; i < threads; i++)
		node_init(&nodes[i]);
	link_init(&l->tail, NULL);
}

static inline void hemlock_acquire(void *lock, struct locker *me)
{
	struct hemlock *l = lock;
	struct node *before = link_swap(me, &l->tail, me->node);
	void *granted;

	arrive(me);
	if (!before)
		return;
	link_until(me, granted, &before->link, granted == lock);
	link_store(me, &before->link, NULL);
}

static inline void hemlock_release(void *lock, struct locker *me)
{
	struct hemlock *l = lock;
	void *granted;

	if (link_cas_release(me, &l->tail, me->node, NULL) == me->node)
		return;
	link_store(me, &me->node->link, lock);
	/*
	 * The word may end with its thread: all that the thread behind did to it is to happen
	 * before what comes next. So this wait acquires, and the store that ends it releases,
	 * though no lock needs that.
	 */
	link_until(me, granted, &me->node->link, !granted);
}

DEFINE_LOCK(hemlock, sizeof(struct hemlock));
