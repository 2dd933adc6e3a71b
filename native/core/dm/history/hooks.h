/* SPDX-License-Identifier: MIT */
/* Suspend hooks and the timer that they stop, when a device is destroyed: R15, R15o, R22. */
#ifndef DMTORTURE_HISTORY_HOOKS_H
#define DMTORTURE_HISTORY_HOOKS_H

#include "dm.h"

/* When destroy takes suspend_lock. */
enum hook_lock { NO_HOOK_LOCK, LOCK_IN_SECTION, LOCK_BEFORE_SECTION };

/* R15o: before it enters the read section of the table. R15: in there. Else not at all. */
static inline enum hook_lock hook_lock(const struct dm *dm)
{
	if (!dm->rules.locks_end_hooks)
		return NO_HOOK_LOCK;
	return dm->rules.locks_before_section ? LOCK_BEFORE_SECTION : LOCK_IN_SECTION;
}

/* R22: the destructor of a target stops its timer; before, only the suspend hooks did. */
static inline bool stops_timer(const struct dm *dm)
{
	return dm->rules.stops_timer;
}

#endif
