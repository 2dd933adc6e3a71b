/* SPDX-License-Identifier: MIT */
/*
 * The MCS lock for more threads than CPUs: a waiter sleeps when its turn takes long to come, and
 * is woken when it does. MCS as in ACM TOCS 1991; spin-then-park as in Dice, "Malthusian Locks",
 * EuroSys 2017, section 2, without its culling: the order of arrival is kept.
 */
#include "lock.h"

#define WATCH_NS 2000u

enum mcs_park_state { MAY_GO, WAITS, SLEEPS };

struct mcs_park {
	struct link tail;
};

static void mcs_park_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct mcs_park *l = lock;

	for (uint32_t i = 0; i < threads; i++)
		node_init(&nodes[i]);
	link_init(&l->tail, NULL);
}

static inline void mcs_park_acquire(void *lock, struct locker *me)
{
	struct mcs_park *l = lock;
	struct node *mine = me->node, *before;

	link_store_relaxed(me, &mine->link, NULL);
	before = link_swap(me, &l->tail, mine);
	arrive(me);
	if (!before)
		return;
	atom_store_relaxed(me, &mine->state, WAITS);
	link_store(me, &before->link, mine);
	if (atom_watch(me, &mine->state, WAITS, WATCH_NS) == MAY_GO)
		return;
	if (atom_cas(me, &mine->state, WAITS, SLEEPS) == MAY_GO)
		return;
	while (atom_load(me, &mine->state) == SLEEPS)
		futex_wait(me, &mine->state, SLEEPS);
}

static inline void mcs_park_release(void *lock, struct locker *me)
{
	struct mcs_park *l = lock;
	struct node *mine = me->node, *after = link_load(me, &mine->link);

	if (!after) {
		if (link_cas(me, &l->tail, mine, NULL) == mine)
			return;
		link_until(me, after, &mine->link, after);
	}
	/* Once it may go its node may be in use again: a wake of nobody does no harm. */
	if (atom_swap(me, &after->state, MAY_GO) == SLEEPS)
		futex_wake(me, &after->state);
}

DEFINE_LOCK(mcs_park, sizeof(struct mcs_park));
