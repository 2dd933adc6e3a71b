/* SPDX-License-Identifier: MIT */
/* What guards the name that a uevent says: P4. */
#ifndef DMTORTURE_HISTORY_NAMES_H
#define DMTORTURE_HISTORY_NAMES_H

#include "dm.h"

/* P4: uevents are queued, and their sender asks for the name under _hash_lock. */
static inline bool names_under_hash_lock(const struct dm *dm)
{
	return dm->rules.names_under_hash_lock;
}

/* P4: queue a uevent. */
static inline void queue_event(struct task *t, struct dm *dm, struct mapped_device *md)
{
	if (!names_under_hash_lock(dm))
		return;
	inc_field(t, md, events);
	note(t, EVENT_QUEUED);
}

/* P4: send what is queued. Context: may sleep, takes _hash_lock: a caller that holds it hangs. */
static inline void send_events(struct task *t, struct dm *dm, struct mapped_device *md)
{
	struct hash_cell *cell;

	if (!names_under_hash_lock(dm) || !swap_field(t, md, events, 0))
		return;
	down_read_at(t, &dm->hash_lock, SITE("down_read(&_hash_lock)"));
	cell = get_field(t, md, interface_ptr);
	if (cell)
		get_guarded(t, cell, name);
	up_read_at(t, &dm->hash_lock, SITE("up_read(&_hash_lock)"));
}

#endif
