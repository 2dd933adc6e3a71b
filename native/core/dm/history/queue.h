/* SPDX-License-Identifier: MIT */
/* What a queue is, when it is known, and what goes through it: P5, P6, P7, P8. */
#ifndef DMTORTURE_HISTORY_QUEUE_H
#define DMTORTURE_HISTORY_QUEUE_H

#include "dm.h"
#include "put.h"

#define QUEUE_OF_BIOS 1L
#define QUEUE_OF_REQUESTS 2L

/* Queues have types since 2009; nothing reads them in the kernels of 2006. */
static inline bool has_queue_types(const struct dm *dm)
{
	return dm->rules.types_queue_late || dm->rules.peeks_at_queue || destroys_apart(dm);
}

/* P5: a queue has no type when its disk is announced. */
static inline bool types_queue_late(const struct dm *dm)
{
	return dm->rules.types_queue_late;
}

/* P6: the name of a bdi leaves when the queue is cleaned up; else it leaves with the disk. */
static inline bool names_bdi_late(const struct dm *dm)
{
	return dm->rules.names_bdi_late;
}

/* P7: suspend looks at the type of the queue; else it looks when a table is bound. */
static inline bool peeks_at_queue(const struct dm *dm, long map)
{
	return has_queue_types(dm) && (dm->rules.peeks_at_queue || (map & MAP_BOUND));
}

/* Pools are made anew with a table that is bound, and I/O to a suspended device waits. */
static inline bool swaps_pools(const struct dm *dm)
{
	return dm->rules.ends_pending_first || destroys_apart(dm);
}

/* P8: a completion ends pending first, as in 2006; else it gives the element back first. */
static inline bool ends_pending_first(const struct dm *dm)
{
	return dm->rules.ends_pending_first || !destroys_apart(dm);
}

/* P8: a thread that waited for pending to be 0 may take the pool away now. */
static inline void note_owed_element(struct task *t, const struct dm *dm)
{
	if (dm->rules.ends_pending_first)
		note(t, PENDING_DROPPED);
}

#endif
