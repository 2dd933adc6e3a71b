/* SPDX-License-Identifier: MIT */
/* What is open cannot be removed, or only when it is closed: R1, R9, R16. */
#ifndef DMTORTURE_HISTORY_OPEN_COUNT_H
#define DMTORTURE_HISTORY_OPEN_COUNT_H

#include <errno.h>

#include "deferred.h"
#include "minor_lock.h"

/* R1: openers are counted. */
static inline bool counts_opens(const struct dm *dm)
{
	return dm->rules.counts_opens;
}

/* 05: a device marked DMF_FREEING cannot be opened. R1: nor can one marked DMF_DELETING. */
static inline long closed_flags(const struct dm *dm)
{
	return (dm->rules.marks_freeing ? DMF_FREEING : 0) | (counts_opens(dm) ? DMF_DELETING : 0);
}

/*
 * R1: a close is counted. R9: under _minor_lock, which an older dm_put() would take again. R16:
 * the last close of a device that is marked queues its removal.
 */
static inline void close_device(struct task *t, struct dm *dm, struct mapped_device *md)
{
	bool locks = dm->rules.destroys_apart || dm->rules.defers_removal;

	if (!counts_opens(dm))
		return;
	if (locks)
		minor_lock(t, dm);
	if (ref_put(t, md, opens) && dm->rules.defers_removal &&
	    (get_field_once(t, md, flags) & DMF_DEFERRED))
		queue_removal(t, dm);
	if (locks)
		minor_unlock(t, dm);
}

/* What a removal asks for. */
enum removal { REMOVE_NOW, REMOVE_WHEN_CLOSED, REMOVE_IF_MARKED };

/*
 * R1: dm_lock_for_deletion(): a device that nobody has open is marked DMF_DELETING. R16: an open
 * one can be marked for later. Returns 0, -EBUSY (open), -EEXIST (not marked). Context: holds
 * _hash_lock.
 */
static inline int lock_for_deletion(struct task *t, struct dm *dm, struct mapped_device *md,
				    enum removal removal)
{
	int r = 0;

	if (!counts_opens(dm))
		return 0;
	minor_lock(t, dm);
	if (get_field_once(t, md, opens)) {
		r = -EBUSY;
		if (removal == REMOVE_WHEN_CLOSED && dm->rules.defers_removal) {
			or_field(t, md, flags, DMF_DEFERRED);
			note(t, REMOVAL_DEFERRED);
		}
	} else if (removal == REMOVE_IF_MARKED && !(get_field_once(t, md, flags) & DMF_DEFERRED)) {
		r = -EEXIST;
	} else {
		or_field(t, md, flags, DMF_DELETING);
		note(t, DELETING_SET);
	}
	minor_unlock(t, dm);
	return r;
}

#endif
