/* SPDX-License-Identifier: MIT */
/*
 * The turns: where the protocol of 2.6.16 and the patched one part. This is the only file that
 * reads the rules; dm*.c call turns and read as the good protocol. Each turn names its patches.
 */
#ifndef DMTORTURE_DM_HISTORY_H
#define DMTORTURE_DM_HISTORY_H

#include <errno.h>

#include "dm.h"

/* 04: _minor_lock is a spinlock; a sleeping mutex before. */
static inline void minor_lock(struct task *t, struct dm *dm)
{
	if (dm->rules.locks_last_put)
		spin_lock_at(t, &dm->minor_spin, SITE("spin_lock(&_minor_lock)"));
	else
		mutex_lock_at(t, &dm->minor_mutex, SITE("mutex_lock(&_minor_lock)"));
}

static inline void minor_unlock(struct task *t, struct dm *dm)
{
	if (dm->rules.locks_last_put)
		spin_unlock_at(t, &dm->minor_spin, SITE("spin_unlock(&_minor_lock)"));
	else
		mutex_unlock_at(t, &dm->minor_mutex, SITE("mutex_unlock(&_minor_lock)"));
}

/* Declare one operation on the IDR. Context: holds _minor_lock. Faults: lock-misuse. */
static inline void idr_point(struct task *t, struct dm *dm, enum point_kind kind,
			     const struct site *site)
{
	bool held = dm->rules.locks_last_put ? spin_held(t, &dm->minor_spin)
					     : mutex_held(t, &dm->minor_mutex);

	point(t, kind, &dm->minor_idr.top, site);
	if (unlikely(!held))
		oops(t, LOCK_MISUSE, site, "the IDR is used without _minor_lock");
}

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

/* 02: what marks a minor as taken; the half-built device itself before. */
static inline void *minor_mark(const struct dm *dm, struct mapped_device *md)
{
	return dm->rules.publishes_placeholder ? MINOR_ALLOCED : (void *)md;
}

/* 02: the placeholder is nobody. */
static inline bool is_nobody(const struct dm *dm, const void *found)
{
	return !found || (dm->rules.publishes_placeholder && found == MINOR_ALLOCED);
}

/* 05: a device marked DMF_FREEING is not handed out. */
static inline bool is_going(struct task *t, const struct dm *dm, struct mapped_device *md)
{
	return dm->rules.marks_freeing && (get_field_once(t, md, flags) & DMF_FREEING);
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

	if (!dm->rules.publishes_placeholder)
		return 0;
	if (dm->rules.replaces_in_one_walk)
		r = publish_by_replace(t, dm, md, minor);
	else
		r = publish_by_remove_and_add(t, dm, md, minor);
	if (!r)
		note(t, PUBLISHED);
	return r;
}

/*
 * 02: the placeholder replaces a device that is about to go, so that the number stays reserved.
 * Without 01 by remove and add, in one critical section. Context: holds _minor_lock.
 */
static inline void hide(struct task *t, struct dm *dm, struct mapped_device *md)
{
	struct gendisk *disk = get_field(t, md, disk);
	int minor = (int)get_field(t, disk, first_minor), id;

	if (!has_minor(t, dm, md))
		return;
	if (dm->rules.replaces_in_one_walk) {
		idr_point(t, dm, POINT_WRITE,
			  SITE("idr_replace(&_minor_idr, MINOR_ALLOCED, minor)"));
		idr_replace(t, &dm->minor_idr, MINOR_ALLOCED, minor, NULL);
		return;
	}
	idr_point(t, dm, POINT_WRITE, SITE("idr_remove, idr_get_new_above(MINOR_ALLOCED)"));
	idr_remove(t, &dm->minor_idr, minor, NULL);
	idr_get_new_above(t, &dm->minor_idr, MINOR_ALLOCED, minor, &id);
}

/* 05: dm_put() on a device marked DMF_FREEING is a bug of the caller's. */
static inline void refuse_put_on_freeing(struct task *t, const struct dm *dm,
					 struct mapped_device *md)
{
	const struct site *site =
		SITE_OF_FIELD(md, flags, "BUG_ON(test_bit(DMF_FREEING, &md->flags))");

	if (dm->rules.marks_freeing && (get_field_once(t, md, flags) & DMF_FREEING))
		oops(t, PUT_ON_FREEING, site, "dm_put() on a device that is being freed");
}

enum drop { DROPPED, DROPPED_LAST, MAY_BE_LAST };

/*
 * 04: the step 1 -> 0 and what follows from it share one critical section; before, the count
 * drops under no lock. 02 hides the device there, 05 marks it. Without all three no lock is
 * taken at all.
 *
 * With 04 most puts are through when they have seen that they are not the last: @first tries no
 * more than that and returns DROPPED or MAY_BE_LAST; a second call then does the rest.
 */
static inline enum drop drop_reference(struct task *t, struct dm *dm, struct mapped_device *md,
				       bool first)
{
	const struct site *site =
		SITE_OF_FIELD(md, holders, "atomic_dec_and_lock(&md->holders, &_minor_lock)");
	const struct dm_rules *rules = &dm->rules;
	size_t holders = FIELD_OFFSET(md, holders);

	if (first) {
		bool dropped =
			rules->locks_last_put && ref_put_unless_last_at(t, md, holders, site);

		return dropped ? DROPPED : MAY_BE_LAST;
	}
	if (rules->locks_last_put) {
		if (!ref_put_locked_at(t, md, holders, &dm->minor_spin, site))
			return DROPPED;
	} else {
		if (!ref_put(t, md, holders))
			return DROPPED;
		note(t, LAST_PUT_UNLOCKED);
		if (!rules->publishes_placeholder && !rules->marks_freeing)
			return DROPPED_LAST;
		minor_lock(t, dm);
	}
	if (rules->publishes_placeholder)
		hide(t, dm, md);
	if (rules->marks_freeing)
		or_field(t, md, flags, DMF_FREEING);
	minor_unlock(t, dm);
	return DROPPED_LAST;
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

/* 06: the reference is taken in the critical section of the lookup. */
static inline bool gets_under_lock(const struct dm *dm)
{
	return dm->rules.gets_under_minor_lock;
}

/* 06, 06-merged: lookups by name, uuid and number return a reference that the caller puts. */
static inline bool lookups_return_references(const struct dm *dm)
{
	return dm->rules.gets_under_minor_lock || dm->rules.returns_references;
}

/* find-put: a device without a hash cell is put back; both forms of 06 forgot that. */
static inline bool puts_unfound(const struct dm *dm)
{
	return dm->rules.puts_unfound;
}

/* 07: a device pins the module. Returns false once unloading has begun. */
static inline bool pin_module(struct task *t, struct dm *dm)
{
	return !dm->rules.pins_module || try_module_get(t, &dm->module);
}

static inline void unpin_module(struct task *t, struct dm *dm)
{
	if (dm->rules.pins_module)
		module_put(t, &dm->module);
}

/* 08: whether the last initialisation comes before the disk is announced. */
static inline bool inits_before_announce(const struct dm *dm)
{
	return dm->rules.inits_before_announce;
}

/*
 * 05: an open checks under the lock that the disk leads to a live device; before, it took a
 * reference on whatever private_data said. Returns 0 or -ENXIO.
 */
static inline int open_device(struct task *t, struct dm *dm, struct gendisk *disk)
{
	struct mapped_device *md;

	if (!dm->rules.marks_freeing) {
		md = get_field(t, disk, private_data);
		note(t, OPEN_SEES_MD);
		ref_get(t, md, holders, FAULT_OPEN_OF_FREEING);
		return 0;
	}
	minor_lock(t, dm);
	md = get_field(t, disk, private_data);
	if (!md || is_going(t, dm, md)) {
		minor_unlock(t, dm);
		return -ENXIO;
	}
	ref_get(t, md, holders, FAULT_OPEN_OF_FREEING);
	minor_unlock(t, dm);
	return 0;
}

#endif
