/* SPDX-License-Identifier: MIT */
/*
 * one_bit that says so by a swap: on an x86 that drains the store buffer, so it is right there. In
 * C11 a swap that acquires and releases does not order the load of another word behind it.
 */
#include "lock.h"

struct one_bit_swap {
	struct atom wants[2];
};

static void one_bit_swap_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct one_bit_swap *l = lock;

	(void)nodes;
	(void)threads;
	atom_init(&l->wants[0], 0);
	atom_init(&l->wants[1], 0);
}

static inline void one_bit_swap_acquire(void *lock, struct locker *me)
{
	struct one_bit_swap *l = lock;
	struct atom *mine = &l->wants[me->index], *others = &l->wants[1 - me->index];
	uint32_t wants;

	atom_swap(me, mine, 1);
	while ((wants = atom_load(me, others))) {
		/* The second thread gives way. */
		if (me->index) {
			atom_store(me, mine, 0);
			spin_until(me, wants, others, !wants);
			atom_swap(me, mine, 1);
		} else {
			relax(me, others, wants);
		}
	}
}

static inline void one_bit_swap_release(void *lock, struct locker *me)
{
	struct one_bit_swap *l = lock;

	atom_store(me, &l->wants[me->index], 0);
}

DEFINE_LOCK(one_bit_swap, sizeof(struct one_bit_swap));
