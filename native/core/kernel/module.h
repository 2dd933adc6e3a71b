/* SPDX-License-Identifier: MIT */
/*
 * The module that the protocol lives in: a reference count, and unloading that is refused while
 * it is above 0 (patch 07). I5: the module outlives its devices.
 */
#ifndef DMTORTURE_MODULE_H
#define DMTORTURE_MODULE_H

#include "machine.h"

/* On a line of its own: every ioctl of every CPU writes it, and every function looks at it. */
struct module {
	struct word state; /* bits 0..31 references, 62..63 enum module_state */
} __attribute__((aligned(64)));

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
__cold _Noreturn void module_text_gone(struct task *t, const struct site *site);

#define MODULE_STATE_SHIFT 62

/* Code of the module runs. Faults: module-unloaded-in-use when it is gone. */
static inline void module_text(struct task *t, const struct module *m, const struct site *site)
{
	if (unlikely(word_peek(&m->state) >= (uint64_t)MODULE_GONE << MODULE_STATE_SHIFT))
		module_text_gone(t, site);
}

#endif
