/* SPDX-License-Identifier: MIT */
/*
 * The one-bit algorithm of Burns and Lamport, for two threads: each says that it wants the lock,
 * then looks at the other. Right where all accesses are in one order; a load that comes before the
 * earlier store breaks it, on an x86, too.
 */
#include "lock.h"

struct one_bit {
	struct atom wants[2];
};

static void one_bit_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct one_bit *l = lock;

	(void)nodes;
	(void)threads;
	atom_init(&l->wants[0], 0);
	atom_init(&l->wants[1], 0);
}

static inline void one_bit_acquire(void *lock, struct locker *me)
{
	struct one_bit *l = lock;
	struct atom *mine = &l->wants[me->index], *others = &l->wants[1 - me->index];
	uint32_t wants;

	atom_store(me, mine, 1);
	while ((wants = atom_load(me, others))) {
		/* The second thread gives way. */
		if (me->index) {
			atom_store(me, mine, 0);
			spin_until(me, wants, others, !wants);
			atom_store(me, mine, 1);
		} else {
			relax(me, others, wants);
		}
	}
}

static inline void one_bit_release(void *lock, struct locker *me)
{
	struct one_bit *l = lock;

	atom_store(me, &l->wants[me->index], 0);
}

DEFINE_LOCK(one_bit, sizeof(struct one_bit));
