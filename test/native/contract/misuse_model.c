/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "misuse.h"
#include "story.h"

typedef void (*misuse_fn)(struct misused *m, struct task *t);

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;

	(void)context;
	misused_init(memory, &nobody);
	return &((struct misused *)memory)->machine;
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	one_step(memory, t);
	if (!cpu)
		(*(misuse_fn *)context)(memory, t);
	return 0;
}

struct met misuse_run(misuse_fn misuse)
{
	struct explore_model model = {.threads = 2,
				      .memory_bytes = sizeof(struct misused),
				      .init = init,
				      .thread = thread,
				      .context = &misuse};
	struct explore_plan plan = {.strategy = EXPLORE_DPOR};
	struct explore_report report;
	struct met met = {0};
	struct trace trace;

	if (explore(&model, &plan, &report) || !report.fault_count)
		return met;
	met.faulted = true;
	met.kind = report.fault[0].kind;
	if (!explore_tell(&model, &report.fault[0].schedule, false, false, NULL, &trace)) {
		snprintf(met.message, sizeof(met.message), "%s", trace.message);
		trace_free(&trace);
	}
	explore_report_free(&report);
	return met;
}
