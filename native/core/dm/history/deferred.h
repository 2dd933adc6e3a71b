/* SPDX-License-Identifier: MIT */
/* Which work queue runs deferred removals, and what destroys wait for: R16, R16q. */
#ifndef DMTORTURE_HISTORY_DEFERRED_H
#define DMTORTURE_HISTORY_DEFERRED_H

#include "dm.h"

/* R16q: deferred removals have a queue of their own; before, they ran on the shared one. */
static inline struct work_queue *removal_queue(struct dm *dm)
{
	return dm->rules.has_own_queue ? &dm->own_queue : &dm->shared_queue;
}

/* Context: any. Queueing what is queued already does nothing. */
static inline void queue_removal(struct task *t, struct dm *dm)
{
	word_write(t, &removal_queue(dm)->queued, 1, ORDER_RELEASE,
		   SITE("queue_work(deferred_remove)"));
	note(t, REMOVAL_QUEUED);
}

/* R16: the destructor of a table flushes the shared queue. */
static inline bool flushes_shared_queue(const struct dm *dm)
{
	return dm->rules.defers_removal;
}

/* R16, unless R1 is out and nothing can be open. */
static inline bool defers_removal(const struct dm *dm)
{
	return dm->rules.defers_removal && dm->rules.counts_opens;
}

#endif
