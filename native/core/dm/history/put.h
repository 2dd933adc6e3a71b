/* SPDX-License-Identifier: MIT */
/* How a reference is taken and dropped, and what goes with the last one: 02, 04, 05, R9. */
#ifndef DMTORTURE_HISTORY_PUT_H
#define DMTORTURE_HISTORY_PUT_H

#include "dm.h"
#include "minor_lock.h"
#include "publish.h"

/* R9: the thread that removes a device destroys it; before, the last dm_put() tore it down. */
static inline bool destroys_apart(const struct dm *dm)
{
	return dm->rules.destroys_apart;
}

/*
 * R9: the count may rise from 0, which ends nothing; but a device marked DMF_FREEING is waited
 * for, and a reference on it is a bug of the caller's.
 */
static inline void get_unless_freeing(struct task *t, const struct dm *dm, struct mapped_device *md)
{
	const struct site *site =
		SITE_OF_FIELD(md, flags, "BUG_ON(test_bit(DMF_FREEING, &md->flags))");

	inc_field(t, md, holders);
	if (dm->rules.marks_freeing && (get_field_once(t, md, flags) & DMF_FREEING))
		oops(t, GET_ON_FREEING, site, "dm_get() on a device that is being destroyed");
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

/*
 * 02: the placeholder replaces a device that is about to go, so that the number stays reserved.
 * Without 01 by remove and add, in one critical section. Context: holds _minor_lock.
 */
static inline void hide(struct task *t, struct dm *dm, struct mapped_device *md)
{
	struct gendisk *disk = get_field(t, md, disk);
	int minor = (int)get_field(t, disk, first_minor), id;

	if (dm->rules.stores_constant || !has_minor(t, dm, md))
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

/* R9: what drop_reference() does with the last one, dm_destroy() does at once. */
static inline void hide_and_mark(struct task *t, struct dm *dm, struct mapped_device *md)
{
	if (!dm->rules.publishes_placeholder && !dm->rules.marks_freeing)
		return;
	minor_lock(t, dm);
	if (dm->rules.publishes_placeholder)
		hide(t, dm, md);
	if (dm->rules.marks_freeing)
		or_field(t, md, flags, DMF_FREEING);
	minor_unlock(t, dm);
	note(t, FREEING_SET);
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

#endif
