/* SPDX-License-Identifier: MIT */
/* Test and set: the lock of one swap. Rudolph and Segall, ISCA 1984, have its history. */
#include "lock.h"

struct tas {
	struct atom taken;
};

static void tas_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct tas *l = lock;

	(void)nodes;
	(void)threads;
	atom_init(&l->taken, 0);
}

static inline void tas_acquire(void *lock, struct locker *me)
{
	struct tas *l = lock;

	while (unlikely(atom_swap_acquire(me, &l->taken, 1)))
		relax(me, &l->taken, 1);
}

static inline void tas_release(void *lock, struct locker *me)
{
	struct tas *l = lock;

	atom_store(me, &l->taken, 0);
}

DEFINE_LOCK(tas, sizeof(struct tas));
