/* SPDX-License-Identifier: MIT */
/* What a lookup finds, and when it takes a reference on it: 02, 05, 06, 06m, R3. */
#ifndef DMTORTURE_HISTORY_LOOKUP_H
#define DMTORTURE_HISTORY_LOOKUP_H

#include "dm.h"

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

#endif
