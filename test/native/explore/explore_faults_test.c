/* SPDX-License-Identifier: MIT */
/* Faults in reports: each site of a kind, counted by executions, and with a story of its own. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "programs.h"
#include "site.h"
#include "story.h"

#define WIDE 65536 /* words; as many as 16 bits cannot count */

static const enum explore_strategy complete[] = {EXPLORE_DFS, EXPLORE_DPOR, EXPLORE_STATEFUL};

static struct explore_report explored(const struct explore_model *model,
				      enum explore_strategy strategy, bool run_on)
{
	struct explore_plan plan = {.strategy = strategy,
				    .preemptions_max = UINT32_MAX,
				    .all_faults = true,
				    .run_on = run_on};
	struct explore_report report;

	CHECK_EQ(explore(model, &plan, &report), 0);
	CHECK(report.exhausted);
	return report;
}

/* --- one site, met by both threads of every execution --- */

static void both_report(struct classic *c, struct task *t, uint32_t cpu)
{
	(void)cpu;
	LOAD(c->word[0]);
	machine_report(t, FAULT_INIT_OVERWRITE, SITE("one site"), "reported");
	LOAD(c->word[0]);
}

static void counted_by_executions(void)
{
	struct classic_row row = {.name = "both report", .threads = 2, .thread = both_report};
	struct classic_run seen;
	struct explore_model model = classic_model(&seen, &row);

	for (size_t i = 0; i < sizeof(complete) / sizeof(complete[0]); i++) {
		struct explore_report r = explored(&model, complete[i], true);

		CHECK_EQ(r.fault_count, 1);
		CHECK_EQ(r.fault[0].count, r.executions);
		explore_report_free(&r);
	}
}

/* --- two sites of one kind --- */

static void every_site_of_a_kind(void)
{
	struct classic_run seen;
	struct explore_model model = classic_model(&seen, classic_named("two places"));

	for (size_t i = 0; i < sizeof(complete) / sizeof(complete[0]); i++) {
		struct explore_report r = explored(&model, complete[i], false);

		CHECK_EQ(r.fault_count, 2);
		CHECK_EQ(r.fault_kinds, 1u << FAULT_USE_AFTER_FREE);
		explore_report_free(&r);
	}
}

/* --- a range of more words than 16 bits count --- */

struct wide {
	struct machine machine;
	struct word word[WIDE];
};

static struct machine *wide_init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct wide *wide = memory;

	(void)context;
	machine_init(&wide->machine, &nobody);
	return &wide->machine;
}

static void wide_before(void *context, void *memory, struct task *t)
{
	struct wide *wide = memory;

	(void)context;
	word_store(t, &wide->word[WIDE - 1], 1);
}

static uint64_t wide_thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct wide *wide = memory;
	struct word *last = &wide->word[WIDE - 1];

	(void)context;
	if (cpu) {
		point_range(t, POINT_FREE, wide->word, WIDE, SITE("free"));
		word_store(t, last, 0);
	} else {
		point(t, POINT_READ, last, SITE("read"));
		if (!observe(t, word_load(t, last)))
			oops(t, USE_AFTER_FREE, SITE("read"), "it is gone");
	}
	return 0;
}

static void wide_ranges(void)
{
	struct explore_model model = {.threads = 2,
				      .memory_bytes = sizeof(struct wide),
				      .init = wide_init,
				      .before = wide_before,
				      .thread = wide_thread};

	for (size_t i = 0; i < sizeof(complete) / sizeof(complete[0]); i++) {
		struct explore_report r = explored(&model, complete[i], false);

		CHECK_EQ(r.fault_kinds, 1u << FAULT_USE_AFTER_FREE);
		explore_report_free(&r);
	}
}

/* --- the second fault of an execution --- */

static void fail_twice(struct classic *c, struct task *t, uint32_t cpu)
{
	STORE(c->word[cpu], 1);
	if (cpu)
		oops(t, DOUBLE_FREE, SITE("second"), "cpu2 fails, %u", 2u);
	oops(t, DOUBLE_FREE, SITE("first"), "cpu1 fails, %u", 1u);
}

/* Each has its own story, though the other stands before it in the execution. */
static void told_one_by_one(void)
{
	static const char *const message[] = {"cpu1 fails, 1", "cpu2 fails, 2"};
	struct classic_row row = {.name = "fail twice", .threads = 2, .thread = fail_twice};
	struct classic_run seen;
	struct explore_model model = classic_model(&seen, &row);
	struct explore_report r = explored(&model, EXPLORE_DFS, true);

	CHECK_EQ(r.fault_count, 2);
	for (uint32_t i = 0; i < r.fault_count; i++) {
		const struct explore_fault *fault = &r.fault[i];
		struct wanted_fault wanted = {
			.kind = fault->kind,
			.site = site_digest(fault->site->func, fault->site->text)};
		struct trace trace;

		CHECK_EQ(explore_tell_of(&model, &fault->schedule, true, false, NULL, wanted,
					 &trace),
			 0);
		CHECK(trace.met);
		CHECK_PTR(trace.fault_site->text, fault->site->text);
		CHECK_EQ(trace.fault_cpu, fault->cpu);
		CHECK(!strcmp(trace.message, message[fault->cpu]));
		trace_free(&trace);
		/* A site that does not exist is not met; the story is of the first fault. */
		wanted.site = site_digest("nowhere", "at all");
		CHECK_EQ(explore_tell_of(&model, &fault->schedule, true, false, NULL, wanted,
					 &trace),
			 0);
		CHECK(!trace.met);
		CHECK(trace.faulted);
		trace_free(&trace);
	}
	explore_report_free(&r);
}

static const struct test tests[] = {
	{"counted by executions", counted_by_executions},
	{"every site of a kind", every_site_of_a_kind},
	{"wide ranges", wide_ranges},
	{"each has its own story", told_one_by_one},
};
TESTS(tests)
