/* SPDX-License-Identifier: MIT */
/*
 * A reader-writer lock whose readers share nothing: each has a word on a line of its own, and a
 * writer looks at all of them. Hsieh and Weihl, "Scalable Reader-Writer Locks for Parallel
 * Systems", IPPS 1992; Linux's percpu_rw_semaphore is of that kind. Here a word is a thread's, not
 * a CPU's, so that the thread that locks it unlocks it: no sum is needed.
 */
#include "line_up.h"
#include "rwlock.h"

struct reader {
	struct atom inside;
} __attribute__((aligned(LINE_BYTES)));

struct percpu {
	struct atom writer;
	struct line_up line;
	uint32_t threads;
	struct reader reader[];
};

static void percpu_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct percpu *l = lock;

	(void)nodes;
	l->threads = threads;
	atom_init(&l->writer, 0);
	line_up_make(&l->line);
	for (uint32_t i = 0; i < threads; i++)
		atom_init(&l->reader[i].inside, 0);
}

static inline void percpu_read_lock(void *lock, struct locker *me)
{
	struct percpu *l = lock;
	struct atom *inside = &l->reader[me->index].inside;
	uint32_t writer;

	for (;;) {
		/* Each side stores, then looks at what the other stores: one of them has to see it.
		 */
		atom_store_full(me, inside, 1);
		if (likely(!atom_load_full(me, &l->writer)))
			return;
		atom_store(me, inside, 0);
		spin_until_relaxed(me, writer, &l->writer, !writer);
	}
}

static inline bool percpu_read_unlock(void *lock, struct locker *me)
{
	struct percpu *l = lock;

	atom_store(me, &l->reader[me->index].inside, 0);
	return false;
}

static inline void percpu_write_lock(void *lock, struct locker *me)
{
	struct percpu *l = lock;
	uint32_t inside;

	line_up(&l->line, me);
	atom_store_full(me, &l->writer, 1);
	for (uint32_t i = 0; i < l->threads; i++)
		while ((inside = atom_load_full(me, &l->reader[i].inside)))
			relax(me, &l->reader[i].inside, inside);
}

static inline void percpu_write_unlock(void *lock, struct locker *me)
{
	struct percpu *l = lock;

	atom_store(me, &l->writer, 0);
	line_leave(&l->line, me);
}

DEFINE_RWLOCK(percpu, sizeof(struct percpu));
