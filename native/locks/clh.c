/* SPDX-License-Identifier: MIT */
/*
 * The CLH lock: an implicit queue, each thread waits on the node of the one before it and takes
 * that over. Craig, University of Washington TR 93-02-02, 1993; Magnusson, Landin and Hagersten,
 * IPPS 1994.
 */
#include "lock.h"

struct clh {
	struct link tail;
};

static void clh_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct clh *l = lock;

	for (uint32_t i = 0; i <= threads; i++)
		node_init(&nodes[i]);
	link_init(&l->tail, &nodes[threads]);
}

static inline void clh_acquire(void *lock, struct locker *me)
{
	struct clh *l = lock;
	struct node *mine = me->node, *before;
	uint32_t held;

	atom_store_relaxed(me, &mine->state, 1);
	before = link_swap(me, &l->tail, mine);
	arrive(me);
	me->ahead = before;
	spin_until(me, held, &before->state, !held);
}

static inline void clh_release(void *lock, struct locker *me)
{
	struct node *mine = me->node;

	(void)lock;
	me->node = me->ahead;
	atom_store(me, &mine->state, 0);
}

DEFINE_LOCK(clh, sizeof(struct clh));
