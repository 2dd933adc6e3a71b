/* SPDX-License-Identifier: MIT */
/*
 * A ticket lock whose distant waiters wait elsewhere: only the next in line watches the number
 * that is called; the others watch a slot of an array, by their own number. Dice and Kogan, "TWA:
 * Ticket Locks Augmented with a Waiting Array", Euro-Par 2019. There the array has 4,096 slots for
 * all locks of the process; here it is the lock's nodes. Numbers that share a slot are woken once
 * too often, and never once too seldom.
 */
#include "lock.h"

#define NEAR 1u

struct twa {
	struct atom next, called;
	struct node *slots;
	uint32_t mask;
};

static void twa_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct twa *l = lock;

	for (l->mask = 1; 2 * l->mask <= threads; l->mask *= 2)
		;
	l->mask--;
	l->slots = nodes;
	for (uint32_t i = 0; i <= l->mask; i++)
		node_init(&nodes[i]);
	atom_init(&l->next, 0);
	atom_init(&l->called, 0);
}

/* Wait at the slot of @mine until it is near. */
static void wait_far(struct twa *l, struct locker *me, uint32_t mine)
{
	struct atom *slot = &l->slots[mine & l->mask].state;

	for (;;) {
		/* The slot before the number: a call in between changes the slot again. */
		uint32_t seen = atom_load(me, slot), now;

		if (mine - atom_load_relaxed(me, &l->called) <= NEAR)
			return;
		spin_until_relaxed(me, now, slot, now != seen);
	}
}

static inline void twa_acquire(void *lock, struct locker *me)
{
	struct twa *l = lock;
	uint32_t mine = atom_add_relaxed(me, &l->next, 1), called;

	arrive(me);
	called = atom_load(me, &l->called);
	if (likely(called == mine))
		return;
	if (mine - called > NEAR)
		wait_far(l, me, mine);
	spin_until(me, called, &l->called, called == mine);
}

static inline void twa_release(void *lock, struct locker *me)
{
	struct twa *l = lock;
	uint32_t called = atom_load_relaxed(me, &l->called) + 1;

	atom_store(me, &l->called, called);
	/* The next but one may come near. */
	atom_add_release(me, &l->slots[(called + NEAR) & l->mask].state, 1);
}

DEFINE_LOCK(twa, sizeof(struct twa));
