/* SPDX-License-Identifier: MIT */
/*
 * References to a device. Inline except for the last put, since each is one atomic operation and
 * the oracle's look at the object: a call would cost half as much again.
 */
#ifndef DMTORTURE_DM_REFS_H
#define DMTORTURE_DM_REFS_H

#include "dm_history.h"

/* dm_put() of what may be the last reference, or before 04 is any. */
void dm_put_last(struct task *t, struct dm *dm, struct mapped_device *md);

/* Take a reference. Context: caller holds one, or a lock that pins @md. Faults: I1, I2, I3. */
static inline __attribute__((always_inline)) void dm_get(struct task *t, struct dm *dm,
							 struct mapped_device *md)
{
	module_text(t, &dm->module, SITE("dm_get(md)"));
	if (unlikely(destroys_apart(dm)))
		get_unless_freeing(t, dm, md);
	else
		ref_get(t, md, holders, FAULT_REFCOUNT_RESURRECT);
	note(t, REFERENCE_TAKEN);
}

/*
 * Drop a reference; with the last one the device is torn down, or with R9 waits for dm_destroy().
 * Context: may sleep, takes _minor_lock. Patches: 01, 02, 04, 05, 07, R9. Faults: I2, I3, I6.
 */
static inline __attribute__((always_inline)) void dm_put(struct task *t, struct dm *dm,
							 struct mapped_device *md)
{
	module_text(t, &dm->module, SITE("dm_put(md)"));
	if (unlikely(destroys_apart(dm))) {
		ref_put(t, md, holders);
		return;
	}
	refuse_put_on_freeing(t, dm, md);
	if (unlikely(drop_reference(t, dm, md, true) != DROPPED))
		dm_put_last(t, dm, md);
}

#endif
