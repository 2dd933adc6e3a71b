/* SPDX-License-Identifier: MIT */
/* A search in parts looks at what the whole looks at, and at nothing twice. */
#include <errno.h>

#include "check.h"
#include "classics.h"

struct sums {
	uint64_t looked_at, traces, outcomes;
	uint32_t faults, busy; /* parts that looked at something */
};

/* Part @part of @parts; parts < 2: the whole. */
static void add_part(const struct classic_row *row, enum explore_strategy strategy, uint32_t part,
		     uint32_t parts, struct sums *sums)
{
	struct classic_run seen;
	struct explore_model model = classic_model(&seen, row);
	struct explore_plan plan = {.strategy = strategy,
				    .preemptions_max = UINT32_MAX,
				    .part = part,
				    .parts = parts,
				    .all_faults = true,
				    .collect = true};
	struct explore_report report;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK(report.exhausted);
	sums->looked_at += report.executions - report.blocked;
	sums->traces += report.traces;
	sums->outcomes |= seen.outcomes;
	sums->faults |= report.fault_kinds;
	sums->busy += report.executions > report.blocked;
	explore_report_free(&report);
}

static void parts_are_the_whole(enum explore_strategy strategy, uint32_t threads_max)
{
	static const uint32_t counts[] = {2, 3, 4, 7};
	uint32_t split = 0;

	for (uint32_t i = 0; i < classic_count; i++) {
		const struct classic_row *row = &classics[i];
		struct sums whole = {0};

		if (row->threads > threads_max)
			continue;
		add_part(row, strategy, 0, 0, &whole);
		CHECK_EQ(whole.outcomes, row->outcomes);
		for (uint32_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
			struct sums all = {0};

			for (uint32_t part = 0; part < counts[k]; part++)
				add_part(row, strategy, part, counts[k], &all);
			CHECK_EQ(all.looked_at, whole.looked_at);
			/* Of DFS, two parts may have schedules of one trace. */
			if (strategy == EXPLORE_DPOR)
				CHECK_EQ(all.traces, whole.traces);
			CHECK_EQ(all.outcomes, whole.outcomes);
			CHECK_EQ(all.faults, whole.faults);
			split += all.busy > 1;
		}
	}
	/* It was more than one part doing it all. */
	CHECK(split > classic_count);
}

static void dfs_in_parts(void)
{
	parts_are_the_whole(EXPLORE_DFS, 3);
}

static void dpor_in_parts(void)
{
	parts_are_the_whole(EXPLORE_DPOR, EXPLORE_THREADS_MAX);
}

/* Strategies that sample or remember states have no parts; a part is below their number. */
static void what_cannot_be_split(void)
{
	static const enum explore_strategy whole[] = {
		EXPLORE_PORTFOLIO, EXPLORE_RANDOM, EXPLORE_STICKY, EXPLORE_PCT, EXPLORE_STATEFUL};
	struct classic_run seen;
	struct explore_model model = classic_model(&seen, &classics[0]);
	struct explore_report report;

	for (uint32_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		struct explore_plan plan = {.strategy = whole[i], .part = 1, .parts = 2};

		CHECK_EQ(explore(&model, &plan, &report), -EINVAL);
	}
	CHECK_EQ(explore(&model,
			 &(struct explore_plan){.strategy = EXPLORE_DFS, .part = 2, .parts = 2},
			 &report),
		 -EINVAL);
}

static const struct test tests[] = {
	{"dfs in parts", dfs_in_parts},
	{"dpor in parts", dpor_in_parts},
	{"what cannot be split", what_cannot_be_split},
};

TESTS(tests)
