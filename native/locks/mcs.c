/* SPDX-License-Identifier: MIT */
/*
 * The MCS lock: a queue of nodes, each thread waits on its own. Mellor-Crummey and Scott,
 * "Algorithms for Scalable Synchronization on Shared-Memory Multiprocessors", ACM TOCS 1991,
 * figure 5.
 */
#include "lock.h"

struct mcs {
	struct link tail;
};

static void mcs_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct mcs *l = lock;

	for (uint32_t i = 0; i < threads; i++)
		node_init(&nodes[i]);
	link_init(&l->tail, NULL);
}

static inline void mcs_acquire(void *lock, struct locker *me)
{
	struct mcs *l = lock;
	struct node *mine = me->node, *before;
	uint32_t waits;

	before = link_swap(me, &l->tail, mine);
	arrive(me);
	if (likely(!before))
		return;
	/* Nobody writes it before the link names this node. */
	atom_store_relaxed(me, &mine->state, 1);
	link_store(me, &before->link, mine);
	spin_until(me, waits, &mine->state, !waits);
}

static inline void mcs_release(void *lock, struct locker *me)
{
	struct mcs *l = lock;
	struct node *mine = me->node, *after = link_load(me, &mine->link);

	if (likely(!after)) {
		if (likely(link_cas_release(me, &l->tail, mine, NULL) == mine))
			return;
		/* Somebody has swapped the tail and is about to link itself. */
		link_until(me, after, &mine->link, after);
	}
	/* A node that is in no queue has no link: one store less where nobody waits. */
	link_store_relaxed(me, &mine->link, NULL);
	atom_store(me, &after->state, 0);
}

DEFINE_LOCK(mcs, sizeof(struct mcs));
