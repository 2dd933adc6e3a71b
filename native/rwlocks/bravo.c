/* SPDX-License-Identifier: MIT */
/*
 * BRAVO over qrwlock: while no writer comes, a reader marks a slot and does not touch the lock.
 * Dice and Kogan, "BRAVO: Biased Locking for Reader-Writer Locks", USENIX ATC 2019. There the slots
 * are a table of the process, found by a hash; here they are the lock's, one a thread. The paper
 * lets the bias rest for nine times as long as its end took; here that is a number of slow readers.
 */
#include "qrw.h"
#include "rwlock.h"

#define REST_READERS 64u

struct slot {
	struct atom reads;
} __attribute__((aligned(LINE_BYTES)));

struct bravo {
	struct qrw under;
	struct atom bias; /* readers mark their slots */
	struct atom rest; /* slow readers until there is a bias again */
	uint32_t threads;
	struct slot slot[];
};

static void bravo_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct bravo *l = lock;

	(void)nodes;
	qrw_make(&l->under);
	l->threads = threads;
	atom_init(&l->bias, 1);
	atom_init(&l->rest, 0);
	for (uint32_t i = 0; i < threads; i++)
		atom_init(&l->slot[i].reads, 0);
}

static void read_slowly(struct bravo *l, struct locker *me)
{
	uint32_t rest;

	qrw_read_lock(&l->under, me);
	/*
	 * No writer is in, so that the bias is this reader's to set. A release: a reader that sees
	 * it never touches the lock, and has to see what the last writer wrote.
	 */
	rest = atom_load_relaxed(me, &l->rest);
	if (rest)
		atom_store_relaxed(me, &l->rest, rest - 1);
	else
		atom_store(me, &l->bias, 1);
}

static inline void bravo_read_lock(void *lock, struct locker *me)
{
	struct bravo *l = lock;
	struct atom *reads = &l->slot[me->index].reads;

	me->slot = 0;
	if (likely(atom_load_relaxed(me, &l->bias))) {
		/* The mark, then the bias again: a writer ends the bias, then looks at the marks.
		 */
		atom_store_full(me, reads, 1);
		if (likely(atom_load_full(me, &l->bias))) {
			me->slot = 1;
			return;
		}
		atom_store(me, reads, 0);
	}
	read_slowly(l, me);
}

static inline bool bravo_read_unlock(void *lock, struct locker *me)
{
	struct bravo *l = lock;

	/* By the way in, not by the bias of now. */
	if (likely(me->slot))
		atom_store(me, &l->slot[me->index].reads, 0);
	else
		qrw_read_unlock(&l->under, me);
	return false;
}

static void end_bias(struct bravo *l, struct locker *me)
{
	uint32_t reads;

	atom_store_full(me, &l->bias, 0);
	for (uint32_t i = 0; i < l->threads; i++)
		while ((reads = atom_load_full(me, &l->slot[i].reads)))
			relax(me, &l->slot[i].reads, reads);
	atom_store_relaxed(me, &l->rest, patience(REST_READERS));
}

static inline void bravo_write_lock(void *lock, struct locker *me)
{
	struct bravo *l = lock;

	qrw_write_lock(&l->under, me);
	if (atom_load_relaxed(me, &l->bias))
		end_bias(l, me);
}

static inline void bravo_write_unlock(void *lock, struct locker *me)
{
	struct bravo *l = lock;

	qrw_write_unlock(&l->under, me);
}

DEFINE_RWLOCK(bravo, sizeof(struct bravo));
