/* SPDX-License-Identifier: MIT */
/* One lock of each kind on a stand, and what they guard. */
#ifndef DMTORTURE_LOCKS_H
#define DMTORTURE_LOCKS_H

#include "stand.h"

struct locks {
	struct stand *stand;
	struct spinlock spin;
	struct mutex mutex;
	struct rwsem sem;
	struct word inside;
	uint64_t plain, twin; /* what the locks guard; plain, so that ThreadSanitizer looks, too */
};

static inline struct locks *locks_open(unsigned int tasks, unsigned int kind)
{
	static struct locks l;

	l.stand = stand_open(tasks);
	spinlock_init(&l.spin, kind);
	mutex_init(&l.mutex);
	rwsem_init(&l.sem);
	word_store(NULL, &l.inside, 0);
	l.plain = l.twin = 0;
	return &l;
}

#endif
