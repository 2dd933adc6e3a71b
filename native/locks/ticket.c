/* SPDX-License-Identifier: MIT */
/*
 * The ticket lock: draw a number, wait until it is called. Reed and Kanodia's sequencers and
 * eventcounts, CACM 1979; Mellor-Crummey and Scott, ACM TOCS 1991, figure 2. Linux had it from
 * 2.6.25 to 4.2.
 */
#include "lock.h"

struct ticket {
	struct atom next, called;
};

static void ticket_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct ticket *l = lock;

	(void)nodes;
	(void)threads;
	atom_init(&l->next, 0);
	atom_init(&l->called, 0);
}

static inline void ticket_acquire(void *lock, struct locker *me)
{
	struct ticket *l = lock;
	uint32_t mine = atom_add_relaxed(me, &l->next, 1), called;

	arrive(me);
	spin_until(me, called, &l->called, called == mine);
}

static inline void ticket_release(void *lock, struct locker *me)
{
	struct ticket *l = lock;

	/* Only the holder writes it: a load and a store, no locked operation. */
	atom_store(me, &l->called, atom_load_relaxed(me, &l->called) + 1);
}

DEFINE_LOCK(ticket, sizeof(struct ticket));
