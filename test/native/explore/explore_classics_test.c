/* SPDX-License-Identifier: MIT */
/* The strategies against each other, and against what is known of small programs. */
#include <stdio.h>

#include "check.h"
#include "classics.h"

static struct explore_report run(const struct classic_row *row, enum explore_strategy strategy)
{
	struct explore_model model = classic_model(row);
	struct explore_plan plan = {.strategy = strategy,
				    .preemptions_max = UINT32_MAX,
				    .all_faults = true,
				    .collect = true};
	struct explore_report report;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	return report;
}

static void show(const struct classic_row *row, const char *how, const struct explore_report *r)
{
	printf("  %-24s %-9s executions %llu blocked %llu traces %llu finals %llu states %llu "
	       "faults %x%s\n",
	       row->name, how, (unsigned long long)r->executions, (unsigned long long)r->blocked,
	       (unsigned long long)r->traces, (unsigned long long)r->finals,
	       (unsigned long long)r->states, r->fault_kinds, r->exhausted ? "" : " cut off");
}

static void complete_searches_agree(void)
{
	for (uint32_t i = 0; i < classic_count; i++) {
		const struct classic_row *row = &classics[i];
		struct explore_report dfs = {0}, dpor, states;
		bool small = row->threads < 4;

		if (small)
			dfs = run(row, EXPLORE_DFS);
		dpor = run(row, EXPLORE_DPOR);
		states = run(row, EXPLORE_STATEFUL);
		if (small)
			show(row, "dfs", &dfs);
		show(row, "dpor", &dpor);
		show(row, "stateful", &states);
		CHECK(dpor.exhausted && states.exhausted);
		CHECK_EQ(dpor.fault_kinds, row->faults);
		CHECK_EQ(states.fault_kinds, row->faults);
		CHECK_EQ(dpor.finals, states.finals);
		CHECK_EQ(dpor.finals_hash, states.finals_hash);
		if (small) {
			CHECK(dfs.exhausted);
			CHECK_EQ(dfs.fault_kinds, row->faults);
			CHECK_EQ(dfs.traces, dpor.traces);
			CHECK_EQ(dfs.finals, dpor.finals);
			CHECK_EQ(dfs.finals_hash, dpor.finals_hash);
		}
		if (row->traces) {
			CHECK_EQ(dpor.traces, row->traces);
			CHECK(dpor.executions * 100 <= row->traces * 101);
		}
		explore_report_free(&dfs);
		explore_report_free(&dpor);
		explore_report_free(&states);
	}
}

static const struct test tests[] = {
	{"complete searches agree", complete_searches_agree},
};
TESTS(tests)
