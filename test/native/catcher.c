/* SPDX-License-Identifier: MIT */
#include "catcher.h"

#include <stdio.h>

static void keep(void *context, struct task *t, const struct fault_event *event)
{
	struct catcher *catcher = context;
	unsigned int slot = atomic_fetch_add(&catcher->count, 1);
	struct caught *c;

	(void)t;
	if (slot >= CAUGHT_MAX)
		return;
	c = &catcher->caught[slot];
	c->kind = event->kind;
	c->cpu = event->cpu;
	c->line = event->site->line;
	snprintf(c->message, sizeof(c->message), "%s", event->message);
	snprintf(c->func, sizeof(c->func), "%s", event->site->func);
	snprintf(c->text, sizeof(c->text), "%s", event->site->text);
}

struct recorder catcher_recorder(struct catcher *catcher)
{
	return (struct recorder){.record = keep, .context = catcher};
}

const struct caught *catcher_one(const struct catcher *catcher, enum fault_kind kind,
				 unsigned int cpu, const char *file, int line)
{
	const struct caught *c = &catcher->caught[0];

	if (!check_equal(catcher->count, 1, "faults caught == 1", file, line) ||
	    !check_same_text(fault_table[c->kind].slug, fault_table[kind].slug, file, line) ||
	    !check_equal(c->cpu, cpu, "cpu of the fault", file, line))
		return NULL;
	return c;
}
