/* SPDX-License-Identifier: MIT */
/*
 * one_bit that looks by a read-modify-write, too: of two that meet in one word the later has seen
 * all that came before the earlier. Right in C11.
 */
#include "lock.h"

struct one_bit_update {
	struct atom wants[2];
};

static void one_bit_update_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct one_bit_update *l = lock;

	(void)nodes;
	(void)threads;
	atom_init(&l->wants[0], 0);
	atom_init(&l->wants[1], 0);
}

static inline void one_bit_update_acquire(void *lock, struct locker *me)
{
	struct one_bit_update *l = lock;
	struct atom *mine = &l->wants[me->index], *others = &l->wants[1 - me->index];
	uint32_t wants;

	atom_swap(me, mine, 1);
	while ((wants = atom_or(me, others, 0))) {
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

static inline void one_bit_update_release(void *lock, struct locker *me)
{
	struct one_bit_update *l = lock;

	atom_store(me, &l->wants[me->index], 0);
}

DEFINE_LOCK(one_bit_update, sizeof(struct one_bit_update));
