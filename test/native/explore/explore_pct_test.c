/* SPDX-License-Identifier: MIT */
/*
 * PCT keeps its promise: a fault that takes an order of d steps is met with probability
 * 1/(n k^(d-1)) or more, n threads, k steps, k as a first execution measures it. Seeds are fixed.
 */
#include <stdio.h>

#include "check.h"
#include "programs.h"

#define RUNS 200000

/* Steps that matter to nobody: they make k larger, and the fault rarer. */
static void idle(struct classic *c, struct task *t, uint32_t cpu, uint32_t steps)
{
	for (uint32_t i = 0; i < steps; i++)
		STORE(c->word[8 + cpu], i);
}

/* Depth 2: cpu2 has to come between two steps of cpu1, at one place. */
static void between(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 0) {
		idle(c, t, cpu, 3);
		STORE(c->word[0], 1);
		STORE(c->word[0], 2);
		idle(c, t, cpu, 3);
	} else if (LOAD(c->word[0]) == 1) {
		machine_report(t, FAULT_USE_UNINITIALIZED, SITE("between"), "half done");
	}
}

/* Depth 2, at any of three places. */
static void within(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 0) {
		STORE(c->word[0], 1);
		idle(c, t, cpu, 2);
		STORE(c->word[0], 2);
		idle(c, t, cpu, 4);
	} else if (LOAD(c->word[0]) == 1) {
		machine_report(t, FAULT_USE_UNINITIALIZED, SITE("within"), "half done");
	}
}

/* Depth 3: cpu2 between two steps of cpu1, and the second of these between two of cpu2. */
static void interlocked(struct classic *c, struct task *t, uint32_t cpu)
{
	uint64_t one, other;

	if (cpu == 0) {
		idle(c, t, cpu, 2);
		STORE(c->word[0], 1);
		STORE(c->word[0], 2);
		idle(c, t, cpu, 2);
		return;
	}
	one = LOAD(c->word[0]);
	other = LOAD(c->word[0]);
	if (one == 1 && other == 2)
		machine_report(t, FAULT_USE_UNINITIALIZED, SITE("interlocked"), "both halves");
}

/* Depth 3, each at two places. */
static void interwoven(struct classic *c, struct task *t, uint32_t cpu)
{
	uint64_t one, other;

	if (cpu == 0) {
		STORE(c->word[0], 1);
		idle(c, t, cpu, 1);
		STORE(c->word[0], 2);
		idle(c, t, cpu, 2);
		return;
	}
	one = LOAD(c->word[0]);
	idle(c, t, cpu, 1);
	other = LOAD(c->word[0]);
	if (one == 1 && other == 2)
		machine_report(t, FAULT_USE_UNINITIALIZED, SITE("interwoven"), "both halves");
}

static struct explore_report run(const struct classic_row *row, uint32_t depth, uint64_t runs)
{
	struct classic_run seen;
	struct explore_model model = classic_model(&seen, row);
	struct explore_plan plan = {.strategy = EXPLORE_PCT,
				    .depth = depth,
				    .seed = 7,
				    .executions_max = runs,
				    .all_faults = true};
	struct explore_report report;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	return report;
}

/* @tight: the bound is exact, so that the rate has to equal it, within a twentieth. */
static void rate_of(const struct classic_row *row, uint32_t depth, bool tight)
{
	struct explore_report first = run(row, depth, 1), all = run(row, depth, RUNS);
	double k = first.steps_longest, bound = 1.0 / row->threads, rate;

	for (uint32_t i = 1; i < depth; i++)
		bound /= k;
	rate = (double)(all.fault_count ? all.fault[0].count : 0) / (double)all.executions;
	printf("  %-12s depth %u, k %.0f: rate %.5f, bound %.5f\n", row->name, depth, k, rate,
	       bound);
	CHECK_EQ(all.executions, RUNS);
	CHECK(tight ? rate > bound * 0.95 && rate < bound * 1.05 : rate > bound);
	explore_report_free(&first);
	explore_report_free(&all);
}

static void rates(void)
{
	const struct classic_row rows[] = {
		{.name = "between", .threads = 2, .thread = between},
		{.name = "within", .threads = 2, .thread = within},
		{.name = "interlocked", .threads = 2, .thread = interlocked},
		{.name = "interwoven", .threads = 2, .thread = interwoven},
	};

	rate_of(&rows[0], 2, true);
	rate_of(&rows[1], 2, false);
	rate_of(&rows[2], 3, true);
	rate_of(&rows[3], 3, false);
}

/* Depth 2 has one change of priorities, and a fault of depth 3 takes two. */
static void too_shallow(void)
{
	const struct classic_row row = {.name = "shallow", .threads = 2, .thread = interlocked};
	struct explore_report report = run(&row, 2, RUNS);

	CHECK_EQ(report.fault_count, 0);
	explore_report_free(&report);
}

static const struct test tests[] = {{"rates", rates}, {"too shallow", too_shallow}};
TESTS(tests)
