/* SPDX-License-Identifier: MIT */
/*
 * The ticket lock with proportional backoff: a thread that has others before it looks again when
 * these may be through. Mellor-Crummey and Scott, ACM TOCS 1991, section 2.2.
 */
#include "lock.h"

#define TURN_NS 150u /* one turn: the line's way over, and a short critical section */
#define TURNS_MAX 16u

struct ticket_pb {
	struct atom next, called;
};

static void ticket_pb_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct ticket_pb *l = lock;

	(void)nodes;
	(void)threads;
	atom_init(&l->next, 0);
	atom_init(&l->called, 0);
}

static inline void ticket_pb_acquire(void *lock, struct locker *me)
{
	struct ticket_pb *l = lock;
	uint32_t mine = atom_add_relaxed(me, &l->next, 1), called;

	arrive(me);
	for (;;) {
		uint32_t turns;

		called = atom_load(me, &l->called);
		turns = mine - called;
		if (!turns)
			return;
		if (turns > 1)
			delay(me, (turns < TURNS_MAX ? turns - 1 : TURNS_MAX) * TURN_NS);
		relax(me, &l->called, called);
	}
}

static inline void ticket_pb_release(void *lock, struct locker *me)
{
	struct ticket_pb *l = lock;

	atom_store(me, &l->called, atom_load_relaxed(me, &l->called) + 1);
}

DEFINE_LOCK(ticket_pb, sizeof(struct ticket_pb));
