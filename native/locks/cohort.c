/* SPDX-License-Identifier: MIT */
/*
 * A cohort lock, C-TKT-TKT: a ticket lock for each NUMA node, and one for all. The holder
 * leaves the other one with its node's while threads of that node wait. Dice, Marathe and Shavit,
 * "Lock Cohorting: A General Technique for Designing NUMA Locks", PPoPP 2012.
 */
#include "lock.h"

#define LOCAL_MAX 64u

struct cohort {
	/* Released by another thread than took it: a ticket lock does not mind. */
	struct atom next, called;
	struct cohort_node {
		struct atom next, called;
		/* How often in a row the global lock was left with this one; 0: it was not. */
		struct atom left;
	} __attribute__((aligned(LINE_BYTES))) node[NODES_MADE_UP];
} __attribute__((aligned(LINE_BYTES)));

static void cohort_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct cohort *l = lock;

	(void)nodes;
	(void)threads;
	atom_init(&l->next, 0);
	atom_init(&l->called, 0);
	for (uint32_t i = 0; i < NODES_MADE_UP; i++) {
		atom_init(&l->node[i].next, 0);
		atom_init(&l->node[i].called, 0);
		atom_init(&l->node[i].left, 0);
	}
}

static inline void cohort_acquire(void *lock, struct locker *me)
{
	struct cohort *l = lock;
	struct cohort_node *node = &l->node[node_of(me->index)];
	uint32_t mine = atom_add_relaxed(me, &node->next, 1), called;

	spin_until(me, called, &node->called, called == mine);
	if (atom_load_relaxed(me, &node->left))
		return;
	mine = atom_add_relaxed(me, &l->next, 1);
	spin_until(me, called, &l->called, called == mine);
}

static inline void cohort_release(void *lock, struct locker *me)
{
	struct cohort *l = lock;
	struct cohort_node *node = &l->node[node_of(me->index)];
	uint32_t called = atom_load_relaxed(me, &node->called) + 1;
	uint32_t left = atom_load_relaxed(me, &node->left);

	/* A number that is drawn will be waited for: what is left is not left with nobody. */
	if (left < patience(LOCAL_MAX) && atom_load_relaxed(me, &node->next) != called) {
		atom_store_relaxed(me, &node->left, left + 1);
	} else {
		atom_store_relaxed(me, &node->left, 0);
		atom_store(me, &l->called, atom_load_relaxed(me, &l->called) + 1);
	}
	atom_store(me, &node->called, called);
}

DEFINE_LOCK(cohort, sizeof(struct cohort));
