/* SPDX-License-Identifier: MIT */
/*
 * A sequence lock: readers take nothing, and read again where a writer came between. The fences are
 * those of Boehm, "Can Seqlocks Get Along with Programming Language Memory Models?", MSPC 2012.
 * Data is read by relaxed atomics: a plain read would be a race, even of what is thrown away. No
 * pointer may be followed inside.
 */
#include "line_up.h"
#include "rwlock.h"

struct seqlock {
	struct atom sequence; /* odd: a writer is in */
	struct line_up line;
};

static void seqlock_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct seqlock *l = lock;

	(void)nodes;
	(void)threads;
	atom_init(&l->sequence, 0);
	line_up_make(&l->line);
}

static inline void seqlock_read_lock(void *lock, struct locker *me)
{
	struct seqlock *l = lock;
	uint32_t sequence;

	spin_until(me, sequence, &l->sequence, !(sequence & 1));
	me->slot = sequence;
}

static inline bool seqlock_read_unlock(void *lock, struct locker *me)
{
	struct seqlock *l = lock;

	atom_fence(me, ORDER_ACQUIRE);
	return atom_load_relaxed(me, &l->sequence) != me->slot;
}

static inline void seqlock_write_lock(void *lock, struct locker *me)
{
	struct seqlock *l = lock;

	line_up(&l->line, me);
	atom_store_relaxed(me, &l->sequence, atom_load_relaxed(me, &l->sequence) + 1);
	atom_fence(me, ORDER_RELEASE);
}

static inline void seqlock_write_unlock(void *lock, struct locker *me)
{
	struct seqlock *l = lock;

	atom_store(me, &l->sequence, atom_load_relaxed(me, &l->sequence) + 1);
	line_leave(&l->line, me);
}

DEFINE_RWLOCK(seqlock, sizeof(struct seqlock));
