/* SPDX-License-Identifier: MIT */
/*
 * Test and test-and-set that waits after each lost swap, twice as long each time. Anderson, "The
 * Performance of Spin Lock Alternatives for Shared-Memory Multiprocessors", IEEE TPDS 1990. The
 * waits are in nanoseconds, since a pause is 10 of them on one CPU and 40 on the next.
 */
#include "lock.h"

#define FIRST_NS 100u
#define LONGEST_NS 6400u

struct ttas_backoff {
	struct atom taken;
};

static void ttas_backoff_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct ttas_backoff *l = lock;

	(void)nodes;
	(void)threads;
	atom_init(&l->taken, 0);
}

static inline void ttas_backoff_acquire(void *lock, struct locker *me)
{
	struct ttas_backoff *l = lock;
	uint32_t taken, ns = FIRST_NS;

	while (unlikely(atom_swap_acquire(me, &l->taken, 1))) {
		delay(me, ns);
		if (ns < LONGEST_NS)
			ns *= 2;
		spin_until_relaxed(me, taken, &l->taken, !taken);
	}
}

static inline void ttas_backoff_release(void *lock, struct locker *me)
{
	struct ttas_backoff *l = lock;

	atom_store(me, &l->taken, 0);
}

DEFINE_LOCK(ttas_backoff, sizeof(struct ttas_backoff));
