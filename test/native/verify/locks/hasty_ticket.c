/* SPDX-License-Identifier: MIT */
/* The ticket lock, and its wait does not acquire: what the lock guards may be old. */
#include "lock.h"

struct hasty_ticket {
	struct atom next, called;
};

static void hasty_ticket_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct hasty_ticket *l = lock;

	(void)nodes;
	(void)threads;
	atom_init(&l->next, 0);
	atom_init(&l->called, 0);
}

static inline void hasty_ticket_acquire(void *lock, struct locker *me)
{
	struct hasty_ticket *l = lock;
	uint32_t mine = atom_add(me, &l->next, 1), called;

	arrive(me);
	while ((called = atom_load_relaxed(me, &l->called)) != mine)
		relax(me, &l->called, called);
}

static inline void hasty_ticket_release(void *lock, struct locker *me)
{
	struct hasty_ticket *l = lock;

	atom_store(me, &l->called, atom_load_relaxed(me, &l->called) + 1);
}

DEFINE_LOCK(hasty_ticket, sizeof(struct hasty_ticket));
