/* SPDX-License-Identifier: MIT */
/*
 * Test and test-and-set that gives the CPU away when the wait is longer than a critical section
 * should be: its holder may be waiting for just this CPU.
 */
#include "lock.h"

#define WATCH_NS 1000u

struct ttas_yield {
	struct atom taken;
};

static void ttas_yield_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct ttas_yield *l = lock;

	(void)nodes;
	(void)threads;
	atom_init(&l->taken, 0);
}

static inline void ttas_yield_acquire(void *lock, struct locker *me)
{
	struct ttas_yield *l = lock;

	while (unlikely(atom_swap_acquire(me, &l->taken, 1)))
		if (atom_watch_relaxed(me, &l->taken, 1, WATCH_NS))
			rest(me, &l->taken, 1);
}

static inline void ttas_yield_release(void *lock, struct locker *me)
{
	struct ttas_yield *l = lock;

	atom_store(me, &l->taken, 0);
}

DEFINE_LOCK(ttas_yield, sizeof(struct ttas_yield));
