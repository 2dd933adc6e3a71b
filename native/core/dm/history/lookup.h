/* SPDX-License-Identifier: MIT */
/* What a lookup finds, and when it takes a reference on it: P1, P2, R0, 02, 05, 06, 06m, R3, R10.
 */
#ifndef DMTORTURE_HISTORY_LOOKUP_H
#define DMTORTURE_HISTORY_LOOKUP_H

#include "dm.h"

/* 02: the placeholder is nobody. */
static inline bool is_nobody(const struct dm *dm, const void *found)
{
	return !found || (dm->rules.publishes_placeholder && found == MINOR_ALLOCED);
}

/* Whether a device has one of @flags. */
static inline bool is_going(struct task *t, struct mapped_device *md, long flags)
{
	return flags && (get_field_once(t, md, flags) & flags);
}

/* 05: a device marked DMF_FREEING is not handed out. R10: nor is one marked DMF_DELETING. */
static inline long hiding_flags(const struct dm *dm)
{
	return (dm->rules.marks_freeing ? DMF_FREEING : 0) |
	       (dm->rules.hides_deleting ? DMF_DELETING : 0);
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

/* How a lookup by number comes to the hash cell of a device. */
enum by_number { NO_NUMBERS, BY_REFERENCE, BY_HELD_READ, BY_READ_INSIDE, BY_BARE_READ };

/*
 * P1: there is no lookup by number. 06, 06m: the reference stays with the caller. R0: it is taken
 * after the unlock, for the read alone. P2: the cell is read under the lock. Else it is read after
 * the unlock, and nothing pins the device.
 */
static inline enum by_number by_number(const struct dm *dm)
{
	if (dm->rules.stores_constant)
		return NO_NUMBERS;
	if (lookups_return_references(dm))
		return BY_REFERENCE;
	if (dm->rules.holds_for_read)
		return BY_HELD_READ;
	return dm->rules.reads_inside ? BY_READ_INSIDE : BY_BARE_READ;
}

/* dm_get_md() came when the lookup and the read of the cell were split. */
static inline bool has_get_md(const struct dm *dm)
{
	return by_number(dm) != NO_NUMBERS && by_number(dm) != BY_READ_INSIDE;
}

/* find-put: a device without a hash cell is put back; both forms of 06 forgot that. */
static inline bool puts_unfound(const struct dm *dm)
{
	return dm->rules.puts_unfound;
}

#endif
