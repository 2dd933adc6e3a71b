/* SPDX-License-Identifier: MIT */
/* The strategies against each other, and against what is known of small programs. */
#include <errno.h>
#include <stdio.h>

#include "check.h"
#include "programs.h"
#include "schedule.h"

static struct explore_report run(const struct classic_row *row, enum explore_strategy strategy)
{
	struct classic_run seen;
	struct explore_model model = classic_model(&seen, row);
	struct explore_plan plan = {.strategy = strategy,
				    .preemptions_max = UINT32_MAX,
				    .all_faults = true,
				    .collect = true};
	struct explore_report report;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	/* All that can be, and nothing else: of store buffering never 0, 0. */
	CHECK_EQ(seen.outcomes, row->outcomes);
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

/* Strategies that never end by themselves do not see what cannot be, either. */
static void no_strategy_sees_what_cannot_be(void)
{
	for (uint32_t i = 0; i < classic_count * EXPLORE_STRATEGIES; i++) {
		const struct classic_row *row = &classics[i / EXPLORE_STRATEGIES];
		struct classic_run seen;
		struct explore_model model = classic_model(&seen, row);
		struct explore_plan plan = {.strategy = i % EXPLORE_STRATEGIES,
					    .executions_max = 20000,
					    .all_faults = true};
		struct explore_report report;

		if (!strategy_table[plan.strategy].samples)
			continue;
		CHECK_EQ(explore(&model, &plan, &report), 0);
		CHECK_EQ(seen.outcomes & ~row->outcomes, 0);
		CHECK_EQ(report.fault_kinds & ~row->faults, 0);
		CHECK(!report.exhausted);
		explore_report_free(&report);
	}
}

/* A deadlock's schedule leads to where each waits for the lock that the other holds. */
static void deadlock_names_both_locks(void)
{
	struct classic_run seen;
	struct explore_model model = classic_model(&seen, classic_named("abba"));
	struct explore_plan plan = {.strategy = EXPLORE_PORTFOLIO};
	struct explore_fault fault;
	struct stage stage;
	const struct fibers *f;
	bool proven;

	CHECK_EQ(explore_minimise(&model, &plan, FAULT_DEADLOCK, &fault, &proven), 0);
	CHECK(proven);
	CHECK_EQ(fault.preemptions, 1);
	CHECK_TEXT(fault.site->text, "spin_lock(&c->lock[1])");
	CHECK_EQ(stage_open(&stage, &model, 0), 0);
	CHECK(schedule_run(&fault.schedule, &stage));
	f = stage.fibers;
	CHECK_EQ(f->fault_kinds, 1u << FAULT_DEADLOCK);
	CHECK_EQ(f->running, 3);
	CHECK_TEXT(f->next[0].site->text, "spin_lock(&c->lock[1])");
	CHECK_TEXT(f->next[1].site->text, "spin_lock(&c->lock[0])");
	CHECK_EQ(word_peek(f->next_word[0]), 2);
	CHECK_EQ(word_peek(f->next_word[1]), 1);
	stage_close(&stage);
	schedule_free(&fault.schedule);
}

static void nothing(struct classic *c, struct task *t, uint32_t cpu)
{
	word_store(t, &c->word[cpu], 1);
}

static void one_has_points(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 0)
		spin_lock(t, &c->lock[0]), spin_unlock(t, &c->lock[0]);
}

/* Nothing to interleave is an error with every strategy, never clean. */
static void nothing_to_interleave(void)
{
	const struct classic_row rows[] = {
		{.name = "no points", .threads = 2, .thread = nothing},
		{.name = "one thread's points", .threads = 3, .thread = one_has_points},
		{.name = "no thread", .threads = 0, .thread = one_has_points},
		{.name = "one thread", .threads = 1, .thread = one_has_points},
		{.name = "too many", .threads = EXPLORE_THREADS_MAX + 1, .thread = one_has_points},
	};

	for (uint32_t s = EXPLORE_PORTFOLIO; s < EXPLORE_STRATEGIES; s++) {
		for (uint32_t i = 0; i < 5; i++) {
			struct classic_run seen;
			struct explore_model model = classic_model(&seen, &rows[i]);
			struct explore_plan plan = {.strategy = s, .preemptions_max = UINT32_MAX};
			struct explore_report report;

			CHECK_EQ(explore(&model, &plan, &report), i < 2 ? -ENODATA : -EINVAL);
			CHECK(!report.exhausted && !report.executions);
		}
	}
}

static struct word nobodys;

/* To the last word, which refused() says is not there. */
static void overruns(struct classic *c, struct task *t, uint32_t cpu)
{
	STORE(c->word[0], cpu);
	if (cpu)
		LOAD(((struct word *)(c + 1))[-1]);
}

/* The first thread's first access is fine. */
static void strays(struct classic *c, struct task *t, uint32_t cpu)
{
	STORE(c->word[0], cpu);
	if (cpu)
		STORE(nobodys, 1);
}

/* Explore two of @thread in a memory of @words_less words less: @says is why that is refused. */
static void refused(void (*thread)(struct classic *c, struct task *t, uint32_t cpu),
		    size_t words_less, const char *says)
{
	const struct classic_row row = {.name = "one", .threads = 2, .thread = thread};
	struct classic_run seen;
	struct explore_model model = classic_model(&seen, &row);
	struct explore_plan plan = {.strategy = EXPLORE_RANDOM};
	struct explore_report report;

	model.memory_bytes -= words_less * sizeof(struct word);
	CHECK_EQ(explore(&model, &plan, &report), -EINVAL);
	CHECK_TEXT(report.refused, says);
}

static void words_of_nobody_are_named(void)
{
	refused(overruns, 1,
		"overruns: \"((struct word *)(c + 1))[-1]\" is not a word of the model's memory");
	refused(strays, 0, "strays: \"nobodys = 1\" is not a word of the model's memory");
}

static const struct test tests[] = {
	{"complete searches agree", complete_searches_agree},
	{"no strategy sees what cannot be", no_strategy_sees_what_cannot_be},
	{"deadlock names both locks", deadlock_names_both_locks},
	{"nothing to interleave", nothing_to_interleave},
	{"words of nobody are named", words_of_nobody_are_named},
};
TESTS(tests)
