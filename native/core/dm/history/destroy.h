/* SPDX-License-Identifier: MIT */
/* When a device is destroyed, and under which lock: R8. */
#ifndef DMTORTURE_HISTORY_DESTROY_H
#define DMTORTURE_HISTORY_DESTROY_H

#include "dm.h"

/* R8: remove-all drops _hash_lock while it destroys a device; before, it waited with it held. */
static inline bool relocks_between_devices(const struct dm *dm)
{
	return dm->rules.relocks_between_devices;
}

#endif
