/* SPDX-License-Identifier: MIT */
/* The way to a device through its kobject: R12, R12w, R12l. */
#ifndef DMTORTURE_HISTORY_SYSFS_H
#define DMTORTURE_HISTORY_SYSFS_H

#include "minor_lock.h"
#include "put.h"

/* R12: there is a kobject. */
static inline bool has_sysfs(const struct dm *dm)
{
	return dm->rules.has_sysfs;
}

/* R12w: teardown waits until nobody refers to the kobject any more. */
static inline bool waits_for_kobject(const struct dm *dm)
{
	return dm->rules.waits_for_kobject;
}

/* Whether a device that was found through its kobject is not to be handed out. */
static inline bool is_ending(struct task *t, struct mapped_device *md)
{
	return get_field_once(t, md, flags) & (DMF_FREEING | DMF_DELETING);
}

static inline void get_by_kobject(struct task *t, struct dm *dm, struct mapped_device *md)
{
	if (destroys_apart(dm))
		get_unless_freeing(t, dm, md);
	else
		ref_get(t, md, holders, FAULT_REFCOUNT_RESURRECT);
	note(t, REFERENCE_TAKEN);
}

/*
 * R12l: the flags are tested and the reference is taken in one section of _minor_lock; before,
 * nothing kept the flags between the two. Returns whether it was taken. Context: holds the kobject.
 */
static inline bool get_from_kobject(struct task *t, struct dm *dm, struct mapped_device *md)
{
	bool found;

	if (!dm->rules.locks_kobject_get) {
		found = !is_ending(t, md);
		if (found) {
			note(t, SEEN_ALIVE);
			get_by_kobject(t, dm, md);
		}
		return found;
	}
	minor_lock(t, dm);
	found = !is_ending(t, md);
	if (found)
		get_by_kobject(t, dm, md);
	minor_unlock(t, dm);
	return found;
}

#endif
