/* SPDX-License-Identifier: MIT */
/*
 * Test and test-and-set: waits by reading, so that waiters share the line until it is free.
 * Rudolph and Segall, "Dynamic Decentralized Cache Schemes for MIMD Parallel Processors", ISCA
 * 1984.
 */
#include "lock.h"

struct ttas {
	struct atom taken;
};

static void ttas_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct ttas *l = lock;

	(void)nodes;
	(void)threads;
	atom_init(&l->taken, 0);
}

static inline void ttas_acquire(void *lock, struct locker *me)
{
	struct ttas *l = lock;
	uint32_t taken;

	while (unlikely(atom_swap_acquire(me, &l->taken, 1)))
		spin_until_relaxed(me, taken, &l->taken, !taken);
}

static inline void ttas_release(void *lock, struct locker *me)
{
	struct ttas *l = lock;

	atom_store(me, &l->taken, 0);
}

DEFINE_LOCK(ttas, sizeof(struct ttas));
