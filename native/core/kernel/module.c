/* SPDX-License-Identifier: MIT */
#include "module.h"

#include <errno.h>

/*
 * Taking a reference and dropping one order nothing: local_inc(), with preemption off, and
 * local_dec(). What orders them with an unload is stop_machine().
 */
#define REFERENCES UINT64_C(0xffffffff)

static uint64_t state_word(enum module_state state)
{
	return (uint64_t)state << MODULE_STATE_SHIFT;
}

void module_init(struct module *m)
{
	word_store(NULL, &m->state, state_word(MODULE_LIVE));
}

bool try_module_get(struct task *t, struct module *m)
{
	uint64_t now;

	word_point(t, POINT_RMW, &m->state, ORDER_RELAXED, SITE("try_module_get(THIS_MODULE)"));
	do {
		now = word_load(t, &m->state);
		if (now >> MODULE_STATE_SHIFT != MODULE_LIVE) {
			point_wrote_nothing(t);
			return observe(t, false);
		}
	} while (word_replace(t, &m->state, now, now + 1) != now);
	return observe(t, true);
}

void module_put(struct task *t, struct module *m)
{
	const struct site *site = SITE("module_put(THIS_MODULE)");
	uint64_t before;

	word_point(t, POINT_RMW, &m->state, ORDER_RELAXED, site);
	before = word_add(t, &m->state, -(uint64_t)1);
	if (unlikely(!(before & REFERENCES)))
		oops(t, REFCOUNT_UNDERFLOW, site, "the module's count falls below 0");
}

int module_stop(struct task *t, struct module *m)
{
	uint64_t before;

	point(t, POINT_STOP, &m->state, SITE("stop_machine: try_stop_module()"));
	before = word_replace(t, &m->state, state_word(MODULE_LIVE), state_word(MODULE_GOING));
	if (observe(t, before == state_word(MODULE_LIVE)))
		return 0;
	return observe(t, before >> MODULE_STATE_SHIFT == MODULE_LIVE) ? -EBUSY : -ENOENT;
}

void module_unloaded(struct task *t, struct module *m)
{
	point(t, POINT_STOP, &m->state, SITE("free_module()"));
	word_store(t, &m->state, state_word(MODULE_GONE));
}

int module_load(struct task *t, struct module *m)
{
	point(t, POINT_STOP, &m->state, SITE("load_module()"));
	if (observe(t, word_load(t, &m->state) != state_word(MODULE_GONE)))
		return -EBUSY;
	word_store(t, &m->state, state_word(MODULE_LIVE));
	return 0;
}

void module_text_gone(struct task *t, const struct site *site)
{
	oops(t, MODULE_UNLOADED_IN_USE, site, "code of the module runs after its unload");
}
