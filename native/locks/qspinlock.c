/* SPDX-License-Identifier: MIT */
/*
 * The lock that Linux has had since 4.2, in 4 bytes: the second thread waits on the word
 * itself, marked by a bit; the third and later ones queue as in the MCS lock and wait on a
 * node each. Peter Zijlstra and Waiman Long, kernel/locking/qspinlock.c. Written anew from
 * its states; nodes do not nest here.
 *
 *	bits 0..7    held
 *	bits 8..15   pending: the one that waits on the word
 *	bits 16..31  the last of the queue, its index + 1
 */
#include "lock.h"

#define HELD 1u
#define HELD_MASK 0xffu
#define PENDING 0x100u
#define TAIL_SHIFT 16

struct qspinlock {
	struct atom word;
};

static void qspinlock_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct qspinlock *l = lock;

	for (uint32_t i = 0; i < threads; i++)
		node_init(&nodes[i]);
	atom_init(&l->word, 0);
}

/* Put @tail in the place of the last. Returns the word before. */
static uint32_t swap_tail(struct qspinlock *l, struct locker *me, uint32_t tail)
{
	uint32_t word = atom_load_relaxed(me, &l->word), found;

	for (;; word = found) {
		found = atom_cas(me, &l->word, word,
				 (word & (HELD_MASK | PENDING)) | tail << TAIL_SHIFT);
		if (found == word)
			return word;
	}
}

static void queue_up(struct qspinlock *l, struct locker *me)
{
	struct node *mine = me->node, *after;
	uint32_t tail = me->index + 1, before, word, waits;

	link_store_relaxed(me, &mine->link, NULL);
	atom_store_relaxed(me, &mine->state, 1);
	before = swap_tail(l, me, tail) >> TAIL_SHIFT;
	arrive(me);
	if (before) {
		link_store(me, &me->nodes[before - 1].link, mine);
		spin_until(me, waits, &mine->state, !waits);
	}
	/* First of the queue: the holder and the thread that waits on the word go before. */
	spin_until(me, word, &l->word, !(word & (HELD_MASK | PENDING)));
	if (word >> TAIL_SHIFT == tail && atom_cas(me, &l->word, word, HELD) == word)
		return;
	/* Somebody is behind, or marked itself pending and will be when it sees the queue. */
	atom_store_byte(me, &l->word, HELD);
	link_until(me, after, &mine->link, after);
	atom_store(me, &after->state, 0);
}

static __attribute__((noinline)) void qspinlock_slow(struct qspinlock *l, struct locker *me,
						     uint32_t word)
{
	/* The one that is pending is just about to take it. */
	if (word == PENDING)
		spin_until(me, word, &l->word, word != PENDING);
	if (word & ~HELD_MASK) {
		queue_up(l, me);
		return;
	}
	word = atom_or(me, &l->word, PENDING);
	if (word & ~HELD_MASK) {
		if (!(word & PENDING))
			atom_and(me, &l->word, ~PENDING);
		queue_up(l, me);
		return;
	}
	arrive(me);
	if (word & HELD_MASK)
		spin_until(me, word, &l->word, !(word & HELD_MASK));
	/* Nobody else writes these two bytes now. */
	atom_store_half(me, &l->word, HELD);
}

static inline void qspinlock_acquire(void *lock, struct locker *me)
{
	struct qspinlock *l = lock;
	uint32_t word = atom_cas(me, &l->word, 0, HELD);

	if (!word)
		arrive(me);
	else
		qspinlock_slow(l, me, word);
}

static inline void qspinlock_release(void *lock, struct locker *me)
{
	struct qspinlock *l = lock;

	atom_store_byte(me, &l->word, 0);
}

DEFINE_LOCK(qspinlock, sizeof(struct qspinlock));
