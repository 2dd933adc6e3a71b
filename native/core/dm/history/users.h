/* SPDX-License-Identifier: MIT */
/* Users of later years, and a creation that gets no disk: R13, R24, P9. */
#ifndef DMTORTURE_HISTORY_USERS_H
#define DMTORTURE_HISTORY_USERS_H

#include <errno.h>

#include "minor_lock.h"
#include "put.h"

/* R9: a device is registered as an origin from its creation to its end. */
static inline bool has_origins(const struct dm *dm)
{
	return destroys_apart(dm);
}

/*
 * R13: a user that comes too late is refused; before, its reference was a bug of its own. Returns 0
 * with a reference taken, or -EBUSY. Context: holds origins_lock.
 */
static inline int hold_device(struct task *t, struct dm *dm, struct mapped_device *md)
{
	int r = 0;

	if (!dm->rules.refuses_hold) {
		get_unless_freeing(t, dm, md);
		return 0;
	}
	minor_lock(t, dm);
	if (get_field_once(t, md, flags) & DMF_FREEING)
		r = -EBUSY;
	else
		inc_field(t, md, holders);
	minor_unlock(t, dm);
	return r;
}

/* R24: the list of table devices has a lock. */
static inline bool locks_deps(const struct dm *dm)
{
	return dm->rules.locks_deps;
}

/* Without R24 the list may change at any time: what was seen of it is no longer sure. */
static inline void note_bare_list(struct task *t, const struct dm *dm, enum note_id note)
{
	if (!locks_deps(dm))
		note_at(t, note);
}

/* P9: what fails to be a disk stays in md->disk, and the clean-up follows it. */
static inline void follow_disk_error(struct task *t, const struct dm *dm, struct mapped_device *md)
{
	struct gendisk *disk;

	if (!dm->rules.follows_disk_error)
		return;
	init_field(t, md, disk, MINOR_ALLOCED);
	disk = get_field(t, md, disk);
	set_field(t, disk, private_data, NULL);
}

#endif
