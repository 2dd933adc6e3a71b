/* SPDX-License-Identifier: MIT */
/*
 * Random programs. Complete depth-first search says what is true; DPOR and stateful search have to
 * agree, also on what a read that nobody needs may not change.
 */
#include <stdio.h>

#include "check.h"
#include "hashset.h"
#include "shapes.h"

#define PROGRAMS 3000
#define READ_PROGRAMS 600
#define DFS_MAX 60000 /* executions; larger programs are compared without it */

static struct explore_report run(struct shape *s, enum explore_strategy strategy, uint64_t most)
{
	struct explore_model model = shape_model(s);
	struct explore_plan plan = {.strategy = strategy,
				    .preemptions_max = UINT32_MAX,
				    .executions_max = most,
				    .all_faults = true,
				    .collect = true};
	struct explore_report report;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	return report;
}

static bool agree(const struct explore_report *a, const struct explore_report *b)
{
	return a->fault_kinds == b->fault_kinds && a->finals_hash == b->finals_hash;
}

static void random_programs(void)
{
	uint32_t wrong = 0, checked = 0, more = 0;

	for (uint32_t i = 0; i < PROGRAMS; i++) {
		struct shape s = random_shape();
		struct explore_report dfs = run(&s, EXPLORE_DFS, DFS_MAX);
		struct explore_report dpor = run(&s, EXPLORE_DPOR, 0);
		struct explore_report states = run(&s, EXPLORE_STATEFUL, 0);
		bool fine = agree(&dpor, &states);

		if (dfs.exhausted) {
			checked++;
			fine = fine && agree(&dfs, &states) && dfs.traces == dpor.traces;
			more += dpor.executions > dpor.traces;
		}
		if (!fine && wrong++ < 4) {
			shape_show(&s, "they differ");
			printf("    dfs %llu of %llu, dpor %llu of %llu (%llu), states %llu\n",
			       (unsigned long long)dfs.finals, (unsigned long long)dfs.traces,
			       (unsigned long long)dpor.finals, (unsigned long long)dpor.traces,
			       (unsigned long long)dpor.executions,
			       (unsigned long long)states.finals);
		}
		explore_report_free(&dfs);
		explore_report_free(&dpor);
		explore_report_free(&states);
	}
	printf("  %u programs, %u of them checked by DFS, %u with redundant executions\n", PROGRAMS,
	       checked, more);
	CHECK_EQ(wrong, 0);
}

struct seen {
	struct shape shape; /* must be first: it is the model's context */
	struct hashset outcomes;
};

static void outcome(void *context, struct fibers *f, bool faulted)
{
	struct seen *seen = context;

	hashset_add(&seen->outcomes, shape_outcome(f, faulted) | 1);
}

/* The outcomes of @shape, as a number. */
static uint64_t outcomes_of(const struct shape *shape, enum explore_strategy strategy)
{
	struct seen seen = {.shape = *shape};
	struct explore_model model = shape_model(&seen.shape);
	struct explore_plan plan = {
		.strategy = strategy, .preemptions_max = UINT32_MAX, .all_faults = true};
	struct explore_report report;
	uint64_t digest;

	model.outcome = outcome;
	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK(report.exhausted);
	digest = fibers_mix(hashset_digest(&seen.outcomes), seen.outcomes.count);
	hashset_free(&seen.outcomes);
	explore_report_free(&report);
	return digest;
}

/* Reading a word for nothing loses no outcome and makes none. */
static void useless_reads(void)
{
	static const enum explore_strategy complete[] = {EXPLORE_DPOR, EXPLORE_STATEFUL};
	uint32_t lost = 0;

	for (uint32_t i = 0; i < READ_PROGRAMS; i++) {
		struct shape s = random_shape(), reads = s;
		uint32_t cpu = draw(s.threads);

		shape_add_read(&reads, cpu, draw(s.length[cpu] + 1), draw(WORDS));
		for (uint32_t k = 0; k < 2; k++) {
			if (outcomes_of(&s, complete[k]) == outcomes_of(&reads, complete[k]))
				continue;
			if (lost++ < 4)
				shape_show(&reads, "the read changes the outcomes");
		}
	}
	CHECK_EQ(lost, 0);
}

static const struct test tests[] = {
	{"random programs", random_programs},
	{"useless reads", useless_reads},
};
TESTS(tests)
