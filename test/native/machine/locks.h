/* SPDX-License-Identifier: MIT */
/* One lock of each kind on a stand, and what they guard. */
#ifndef DMTORTURE_LOCKS_H
#define DMTORTURE_LOCKS_H

#include <string.h>

#include "spinlocks.h"
#include "stand.h"

#define LOCK_MEMORY (16u << 10)

struct locks {
	struct stand *stand;
	struct spinlock spin, other;
	struct mutex mutex;
	struct rwsem sem;
	struct word inside;
	uint64_t plain, twin; /* what the locks guard; plain, so that ThreadSanitizer looks, too */
	unsigned int done[STAND_TASKS]; /* rounds of each task */
};

/* Make @l a lock of @kind, a row of the table of locks, for the tasks of a stand. */
static inline void spin_open(struct spinlock *l, unsigned int kind, void *memory)
{
	size_t bytes = spinlock_maker.bytes(kind, STAND_TASKS);

	CHECK(bytes <= LOCK_MEMORY);
	if (bytes)
		spinlock_maker.make(l, kind, STAND_TASKS, memory);
	else
		spinlock_init(l, kind);
}

static inline struct locks *locks_open(unsigned int tasks, unsigned int kind)
{
	static char memory[2][LOCK_MEMORY] __attribute__((aligned(128)));
	static struct locks l;

	l.stand = stand_open(tasks);
	spin_open(&l.spin, kind, memory[0]);
	spin_open(&l.other, kind, memory[1]);
	mutex_init(&l.mutex);
	rwsem_init(&l.sem);
	word_store(NULL, &l.inside, 0);
	l.plain = l.twin = 0;
	memset(l.done, 0, sizeof(l.done));
	return &l;
}

#endif
