/* SPDX-License-Identifier: MIT */
/* Draws a number, and swaps for the lock: it says that it serves in order, and does not. */
#include "lock.h"

struct unordered {
	struct atom next, taken;
};

static void unordered_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct unordered *l = lock;

	(void)nodes;
	(void)threads;
	atom_init(&l->next, 0);
	atom_init(&l->taken, 0);
}

static inline void unordered_acquire(void *lock, struct locker *me)
{
	struct unordered *l = lock;

	atom_add(me, &l->next, 1);
	arrive(me);
	while (atom_swap(me, &l->taken, 1))
		relax(me, &l->taken, 1);
}

static inline void unordered_release(void *lock, struct locker *me)
{
	struct unordered *l = lock;

	atom_store(me, &l->taken, 0);
}

DEFINE_LOCK(unordered, sizeof(struct unordered));
