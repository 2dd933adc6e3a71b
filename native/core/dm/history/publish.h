/* SPDX-License-Identifier: MIT */
/* How a minor is taken and given back, and when the device stands under it: P1, P3, 01, 02, 03, R2.
 */
#ifndef DMTORTURE_HISTORY_PUBLISH_H
#define DMTORTURE_HISTORY_PUBLISH_H

#include <errno.h>

#include "dm.h"
#include "minor_lock.h"

/* 03: layers are preloaded before the lock is taken. Returns 0 or -ENOMEM. */
static inline int preload_before_lock(struct task *t, struct dm *dm)
{
	if (dm->rules.preloads_unlocked && !idr_pre_get(t, &dm->minor_idr, dm->fail_layer_permille))
		return -ENOMEM;
	return 0;
}

/* Before 03: under the lock. */
static inline int preload_under_lock(struct task *t, struct dm *dm)
{
	if (!dm->rules.preloads_unlocked &&
	    !idr_pre_get(t, &dm->minor_idr, dm->fail_layer_permille))
		return -ENOMEM;
	return 0;
}

/* What marks a minor as taken. P1: a constant, for good; 02: the same until the device is complete.
 */
static inline void *minor_mark(const struct dm *dm, struct mapped_device *md)
{
	return dm->rules.stores_constant || dm->rules.publishes_placeholder ? MINOR_ALLOCED
									    : (void *)md;
}

/* R2: a device that gets no queue gives its number back. */
static inline bool frees_number_of_queue(const struct dm *dm)
{
	return dm->rules.frees_number_of_queue;
}

/* P3: teardown gives the number back before it does anything else. */
static inline bool frees_number_first(const struct dm *dm)
{
	return dm->rules.frees_number_first;
}

/*
 * Before 01: what fails between a remove and an add has lost its minor, and the
 * device that has it now must not lose it, too, when this one goes. Returns @error.
 */
static inline int lose_minor(struct task *t, struct mapped_device *md, int error)
{
	or_field(t, md, flags, DMF_MINOR_LOST);
	return error;
}

/* Context: holds _minor_lock, or the last reference is gone. */
static inline bool has_minor(struct task *t, const struct dm *dm, struct mapped_device *md)
{
	return dm->rules.replaces_in_one_walk || !(get_guarded(t, md, flags) & DMF_MINOR_LOST);
}

/* 01: one walk under one lock. */
static inline int publish_by_replace(struct task *t, struct dm *dm, struct mapped_device *md,
				     uint32_t minor)
{
	const struct site *site = SITE("idr_replace(&_minor_idr, md, minor)");
	void *old = NULL;
	int r;

	minor_lock(t, dm);
	idr_point(t, dm, POINT_WRITE, site);
	r = idr_replace(t, &dm->minor_idr, md, (int)minor, &old);
	minor_unlock(t, dm);
	if (unlikely(observe(t, r || old != MINOR_ALLOCED)))
		oops(t, MINOR_STOLEN, site, "minor %u held %s, not the placeholder", minor,
		     r ? "nothing" : "another device");
	return 0;
}

/*
 * Without 01: remove and add, with the lock dropped in between for the preload. No kernel had
 * this: under one hold the add finds the layers that the remove gave back, and needs no preload.
 */
static inline int publish_by_remove_and_add(struct task *t, struct dm *dm, struct mapped_device *md,
					    uint32_t minor)
{
	const struct site *site = SITE("idr_get_new_above(&_minor_idr, md, minor)");
	int id = -1, r;

	minor_lock(t, dm);
	idr_point(t, dm, POINT_WRITE, SITE("idr_remove(&_minor_idr, minor)"));
	idr_remove(t, &dm->minor_idr, (int)minor, NULL);
	minor_unlock(t, dm);
	note(t, REPLACE_GAP);
	if (!idr_pre_get(t, &dm->minor_idr, dm->fail_layer_permille))
		return lose_minor(t, md, -ENOMEM);
	minor_lock(t, dm);
	idr_point(t, dm, POINT_WRITE, site);
	r = idr_get_new_above(t, &dm->minor_idr, md, (int)minor, &id);
	if (unlikely(observe(t, !r && id != (int)minor)))
		oops(t, MINOR_STOLEN, site, "minor %u was taken meanwhile, got %d", minor, id);
	minor_unlock(t, dm);
	return observe(t, (uint64_t)r) ? lose_minor(t, md, r) : 0;
}

/* 02: the complete device replaces the placeholder, last of all. Returns 0 or -errno. */
static inline int publish(struct task *t, struct dm *dm, struct mapped_device *md, uint32_t minor)
{
	int r;

	if (!dm->rules.publishes_placeholder || dm->rules.stores_constant)
		return 0;
	if (dm->rules.replaces_in_one_walk)
		r = publish_by_replace(t, dm, md, minor);
	else
		r = publish_by_remove_and_add(t, dm, md, minor);
	if (!r)
		note(t, PUBLISHED);
	return r;
}

#endif
