/* SPDX-License-Identifier: MIT */
/* Whether a device pins the module: 07. */
#ifndef DMTORTURE_HISTORY_PIN_H
#define DMTORTURE_HISTORY_PIN_H

#include "dm.h"

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

#endif
