/* SPDX-License-Identifier: MIT */
/* What a disk leads to: when it is announced, opened and cut off from its device: 05, 08, R1. */
#ifndef DMTORTURE_HISTORY_DISK_H
#define DMTORTURE_HISTORY_DISK_H

#include <errno.h>

#include "dm.h"
#include "lookup.h"
#include "minor_lock.h"
#include "open_count.h"
#include "put.h"

/* 08: whether the last initialisation comes before the disk is announced. */
static inline bool inits_before_announce(const struct dm *dm)
{
	return dm->rules.inits_before_announce;
}

/*
 * 05: an open checks under the lock that the disk leads to a live device; before, it took a
 * reference on whatever private_data said. R1: it is refused once a removal has begun, and counted.
 * Returns 0 or -ENXIO.
 */
static inline int open_device(struct task *t, struct dm *dm, struct gendisk *disk)
{
	struct mapped_device *md;

	if (!dm->rules.marks_freeing && !counts_opens(dm)) {
		md = get_field(t, disk, private_data);
		note(t, OPEN_SEES_MD);
		ref_get(t, md, holders, FAULT_OPEN_OF_FREEING);
		return 0;
	}
	minor_lock(t, dm);
	md = get_field(t, disk, private_data);
	if (!md || is_going(t, md, closed_flags(dm))) {
		minor_unlock(t, dm);
		return -ENXIO;
	}
	if (destroys_apart(dm))
		get_unless_freeing(t, dm, md);
	else
		ref_get(t, md, holders, FAULT_OPEN_OF_FREEING);
	if (counts_opens(dm))
		inc_field(t, md, opens);
	minor_unlock(t, dm);
	return 0;
}

/* 05: the disk leads nowhere before its own last reference goes. */
static inline void cut_private_data(struct task *t, struct dm *dm, struct gendisk *disk)
{
	if (!dm->rules.marks_freeing)
		return;
	minor_lock(t, dm);
	set_field(t, disk, private_data, NULL);
	minor_unlock(t, dm);
}

#endif
