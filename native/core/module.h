/* SPDX-License-Identifier: MIT */
/*
 * The module that the protocol lives in: a reference count, and unloading that is refused while
 * it is above 0 (patch 07). I5: the module outlives its devices.
 */
#ifndef DMTORTURE_MODULE_H
#define DMTORTURE_MODULE_H

#include "machine.h"

struct module {
	struct word state; /* bits 0..31 references, 32..33 enum module_state */
};

enum module_state { MODULE_LIVE, MODULE_GOING, MODULE_GONE };

void module_init(struct module *m);
/* Take a reference. Returns false once unloading has begun. Context: any. */
bool try_module_get(struct task *t, struct module *m);
/* Give it back. Context: any. Faults: refcount-underflow. */
void module_put(struct task *t, struct module *m);
/*
 * Begin to unload, as stop_machine() does.
 * Returns 0, -EBUSY while there are references, -ENOENT when it is not loaded.
 */
int module_stop(struct task *t, struct module *m);
/* The code is gone now. Context: after module_stop(). */
void module_unloaded(struct task *t, struct module *m);
/* Load it again. Returns 0, or -EBUSY when it is loaded. */
int module_load(struct task *t, struct module *m);
/* Code of the module runs. Faults: module-unloaded-in-use when it is gone. */
void module_text(struct task *t, const struct module *m, const struct site *site);

#endif
