/* SPDX-License-Identifier: MIT */
/* Drepper's first mutex: a thread that wakes up forgets that others may sleep, too. */
#include "lock.h"

struct forgetful {
	struct atom state;
};

static void forgetful_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct forgetful *l = lock;

	(void)nodes;
	(void)threads;
	atom_init(&l->state, 0);
}

static inline void forgetful_acquire(void *lock, struct locker *me)
{
	struct forgetful *l = lock;

	while (atom_cas(me, &l->state, 0, 1) != 0)
		if (atom_cas(me, &l->state, 1, 2) != 0)
			futex_wait(me, &l->state, 2);
}

static inline void forgetful_release(void *lock, struct locker *me)
{
	struct forgetful *l = lock;

	if (atom_swap(me, &l->state, 0) == 2)
		futex_wake(me, &l->state);
}

DEFINE_LOCK(forgetful, sizeof(struct forgetful));
