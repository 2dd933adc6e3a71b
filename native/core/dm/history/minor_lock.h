/* SPDX-License-Identifier: MIT */
/* What _minor_lock is: 04. Everything that looks into the IDR is under it. */
#ifndef DMTORTURE_HISTORY_MINOR_LOCK_H
#define DMTORTURE_HISTORY_MINOR_LOCK_H

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

#endif
