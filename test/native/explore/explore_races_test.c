/* SPDX-License-Identifier: MIT */
/* Data races: found where plain accesses are not ordered, by name, and nowhere else. */
#include <stdio.h>

#include "check.h"
#include "programs.h"
#include "story.h"

static const struct site read_site = {.func = "plain", .text = "value = count", .line = 1};
static const struct site write_site = {.func = "plain", .text = "count = value + 1", .line = 2};

static void plain(struct classic *c, struct task *t, uint32_t cpu)
{
	uint64_t value;

	(void)cpu;
	point(t, POINT_READ_PLAIN, &c->word[0], &read_site);
	value = observe(t, word_load(t, &c->word[0]));
	point(t, POINT_WRITE_PLAIN, &c->word[0], &write_site);
	word_store(t, &c->word[0], value + 1);
}

static void marked(struct classic *c, struct task *t, uint32_t cpu)
{
	(void)cpu;
	STORE(c->word[0], LOAD(c->word[0]) + 1);
}

static void plain_under_a_lock(struct classic *c, struct task *t, uint32_t cpu)
{
	spin_lock(t, &c->lock[0]);
	plain(c, t, cpu);
	spin_unlock(t, &c->lock[0]);
}

static void plain_under_two_locks(struct classic *c, struct task *t, uint32_t cpu)
{
	spin_lock(t, &c->lock[cpu]);
	plain(c, t, cpu);
	spin_unlock(t, &c->lock[cpu]);
}

static void one_side_marked(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu)
		marked(c, t, cpu);
	else
		plain(c, t, cpu);
}

static void plain_reads(struct classic *c, struct task *t, uint32_t cpu)
{
	point(t, POINT_READ_PLAIN, &c->word[0], &read_site);
	word_store(t, &c->word[1 + cpu], observe(t, word_load(t, &c->word[0])));
}

/* Plain data, handed over by a marked flag. */
static void handed_over(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 0) {
		plain(c, t, cpu);
		STORE(c->word[1], 1);
	} else if (LOAD(c->word[1])) {
		plain(c, t, cpu);
	}
}

/* The same, the flag too early. */
static void handed_over_early(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 0) {
		STORE(c->word[1], 1);
		plain(c, t, cpu);
	} else if (LOAD(c->word[1])) {
		plain(c, t, cpu);
	}
}

/* A reader of a rwsem that writes is not kept from another one. */
static void written_by_readers(struct classic *c, struct task *t, uint32_t cpu)
{
	down_read(t, &c->sem);
	plain(c, t, cpu);
	up_read(t, &c->sem);
}

static void written_by_writers(struct classic *c, struct task *t, uint32_t cpu)
{
	down_write(t, &c->sem);
	plain(c, t, cpu);
	up_write(t, &c->sem);
}

static void read_plain_written_marked(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu)
		STORE(c->word[0], 1);
	else
		point(t, POINT_READ_PLAIN, &c->word[0], &read_site);
}

static void read_marked_written_plain(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu) {
		LOAD(c->word[0]);
		return;
	}
	point(t, POINT_WRITE_PLAIN, &c->word[0], &write_site);
	word_store(t, &c->word[0], 1);
}

#define RACE (1u << FAULT_DATA_RACE)

static const struct classic_row rows[] = {
	{.name = "plain", .threads = 2, .thread = plain, .faults = RACE},
	{.name = "marked", .threads = 2, .thread = marked},
	{.name = "plain under a lock", .threads = 2, .thread = plain_under_a_lock},
	{.name = "plain under two locks",
	 .threads = 2,
	 .thread = plain_under_two_locks,
	 .faults = RACE},
	{.name = "one side marked", .threads = 2, .thread = one_side_marked, .faults = RACE},
	{.name = "read plain, written marked",
	 .threads = 2,
	 .thread = read_plain_written_marked,
	 .faults = RACE},
	{.name = "read marked, written plain",
	 .threads = 2,
	 .thread = read_marked_written_plain,
	 .faults = RACE},
	{.name = "plain reads", .threads = 3, .thread = plain_reads},
	{.name = "handed over", .threads = 2, .thread = handed_over},
	{.name = "handed over early", .threads = 2, .thread = handed_over_early, .faults = RACE},
	{.name = "written by readers", .threads = 2, .thread = written_by_readers, .faults = RACE},
	{.name = "written by writers", .threads = 3, .thread = written_by_writers},
};

static void small_programs(void)
{
	static const enum explore_strategy strategies[] = {EXPLORE_DPOR, EXPLORE_DFS,
							   EXPLORE_PORTFOLIO, EXPLORE_RANDOM};

	for (size_t i = 0; i < 4 * sizeof(rows) / sizeof(rows[0]); i++) {
		const struct classic_row *row = &rows[i / 4];
		struct classic_run seen;
		struct explore_model model = classic_model(&seen, row);
		struct explore_plan plan = {.strategy = strategies[i % 4],
					    .preemptions_max = UINT32_MAX,
					    .executions_max = 20000,
					    .all_faults = true,
					    .races = true};
		struct explore_report report;

		CHECK_EQ(explore(&model, &plan, &report), 0);
		if (report.fault_kinds != row->faults)
			printf("  %s\n", row->name);
		CHECK_EQ(report.fault_kinds, row->faults);
		explore_report_free(&report);
		/* A search that does not look for races finds none. */
		plan.races = false;
		CHECK_EQ(explore(&model, &plan, &report), 0);
		CHECK_EQ(report.fault_kinds, 0);
		explore_report_free(&report);
	}
}

static void one_writes_one_reads(struct classic *c, struct task *t, uint32_t cpu)
{
	point(t, cpu ? POINT_READ_PLAIN : POINT_WRITE_PLAIN, &c->word[0],
	      cpu ? &read_site : &write_site);
	if (cpu == 0)
		word_store(t, &c->word[0], 1);
}

/* The fault is at whichever site of a race came second, and its message names the other. */
static void both_sites_are_named(void)
{
	const struct classic_row row = {.threads = 2, .thread = one_writes_one_reads};
	struct classic_run seen;
	struct explore_model model = classic_model(&seen, &row);
	struct explore_plan plan = {.strategy = EXPLORE_DPOR, .all_faults = true, .races = true};
	struct explore_report report;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK_EQ(report.fault_count, 2);
	for (uint32_t i = 0; i < report.fault_count; i++) {
		const struct explore_fault *fault = &report.fault[i];
		bool reads = fault->site == &read_site;
		struct trace trace;

		CHECK_PTR(fault->site, reads ? &read_site : &write_site);
		CHECK_EQ(explore_tell(&model, &fault->schedule, false, true, NULL, &trace), 0);
		CHECK(trace.faulted && trace.reproduced);
		CHECK_EQ(trace.fault, FAULT_DATA_RACE);
		CHECK_TEXT(trace.fault_site->text, fault->site->text);
		CHECK_TEXT(trace.message,
			   reads ? "nothing orders it after plain: count = value + 1 of cpu1"
				 : "nothing orders it after plain: value = count of cpu2");
		trace_free(&trace);
	}
	explore_report_free(&report);
}

/* A walk whose accesses are recorded is the same walk, and has the same races. */
static void walks_are_watched_as_recorded(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct classic_run seen;
		struct explore_model model = classic_model(&seen, &rows[i]);
		struct explore_plan plan = {.strategy = EXPLORE_RANDOM,
					    .executions_max = 2000,
					    .all_faults = true,
					    .races = true};
		struct explore_report watched, recorded;

		CHECK_EQ(explore(&model, &plan, &watched), 0);
		plan.collect = true;
		CHECK_EQ(explore(&model, &plan, &recorded), 0);
		CHECK_EQ(watched.points, recorded.points);
		CHECK_EQ(watched.fault_count, recorded.fault_count);
		for (uint32_t f = 0; f < watched.fault_count && f < recorded.fault_count; f++) {
			CHECK_PTR(watched.fault[f].site, recorded.fault[f].site);
			CHECK_EQ(watched.fault[f].count, recorded.fault[f].count);
			CHECK_EQ(watched.fault[f].steps, recorded.fault[f].steps);
		}
		explore_report_free(&watched);
		explore_report_free(&recorded);
	}
}

/* What comes after a release is not handed over by it. */
static void too_late(struct classic *c, struct task *t, uint32_t cpu)
{
	spin_lock(t, &c->lock[0]);
	spin_unlock(t, &c->lock[0]);
	one_writes_one_reads(c, t, cpu);
}

static void too_late_for_a_flag(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu)
		LOAD(c->word[1]);
	else
		STORE(c->word[1], 1);
	one_writes_one_reads(c, t, cpu);
}

/* The second frees what the first used: a race. What it then does with the memory is none. */
static void another_life(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu)
		point_range(t, POINT_FREE, &c->word[0], 2, &read_site);
	point(t, cpu ? POINT_WRITE_PLAIN : POINT_READ_PLAIN, &c->word[0], &read_site);
	point(t, cpu ? POINT_READ_PLAIN : POINT_WRITE_PLAIN, &c->word[1], &write_site);
}

/* Everything is ordered by it. */
static void after_stop_machine(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu)
		point(t, POINT_STOP, &c->word[1], SITE("stop_machine()"));
	one_writes_one_reads(c, t, cpu);
}

/* All of the first thread, then all of the second. */
static void one_after_the_other(void)
{
	static const struct {
		struct classic_row row;
		uint32_t races;
	} cases[] = {
		{{.name = "too late", .threads = 2, .thread = too_late}, 1},
		{{.name = "too late for a flag", .threads = 2, .thread = too_late_for_a_flag}, 1},
		{{.name = "another life", .threads = 2, .thread = another_life}, 1},
		{{.name = "stop_machine", .threads = 2, .thread = after_stop_machine}, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct classic_run seen;
		struct explore_model model = classic_model(&seen, &cases[i].row);
		struct explore_plan plan = {.strategy = EXPLORE_DFS,
					    .preemptions_max = UINT32_MAX,
					    .executions_max = 1,
					    .races = true};
		struct explore_report report;

		CHECK_EQ(explore(&model, &plan, &report), 0);
		if (!CHECK_EQ(report.fault_count, cases[i].races))
			printf("  %s\n", cases[i].row.name);
		if (report.fault_count) {
			CHECK_PTR(report.fault[0].site, &read_site);
			CHECK_EQ(report.fault[0].preemptions, 0);
		}
		explore_report_free(&report);
	}
}

#define STORES 1000 /* more than there are words */

static void many_stores(struct classic *c, struct task *t, uint32_t cpu)
{
	for (uint32_t i = 0; i < STORES; i++)
		STORE(c->word[cpu], i);
}

/* Its last access is to a word that nobody else touches. */
static void one_private_word(struct classic *c, struct task *t, uint32_t cpu)
{
	for (uint32_t i = 0; cpu && i < 20; i++)
		STORE(c->word[1], i);
	point(t, cpu ? POINT_WRITE_PLAIN : POINT_WRITE, &c->word[cpu ? 0 : 2], &write_site);
}

/* What runs before the first execution leaves no history behind. */
static void the_first_execution_is_like_others(void)
{
	static const struct classic_row quiet[] = {
		{.name = "many stores", .threads = 2, .thread = many_stores},
		{.name = "one private word", .threads = 2, .thread = one_private_word},
	};

	for (uint32_t i = 0; i < 2; i++) {
		struct classic_run seen;
		struct explore_model model = classic_model(&seen, &quiet[i]);
		struct explore_plan plan = {.strategy = EXPLORE_RANDOM,
					    .executions_max = 10,
					    .all_faults = true,
					    .races = true};
		struct explore_report report;

		CHECK_EQ(explore(&model, &plan, &report), 0);
		CHECK_EQ(report.fault_kinds, 0);
		explore_report_free(&report);
	}
}

/* Executions with a fault, by the time in which they ran. */
#define SHARES 32
#define SHARE 2000

struct shares {
	struct classic_run run; /* must be first: the model's context */
	uint32_t executions, faulty[SHARES];
};

static void count_faulty(void *context, struct fibers *f, bool faulted)
{
	struct shares *shares = context;

	(void)f;
	shares->faulty[shares->executions++ / SHARE] += faulted;
}

/*
 * Clocks of 16 bits go on from one execution to the next, and begin again every few thousand
 * executions: what races does so at the same rate before and after, what does not never does.
 */
static void clocks_begin_again(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct shares shares = {0};
		struct explore_model model = classic_model(&shares.run, &rows[i]);
		struct explore_plan plan = {.strategy = EXPLORE_RANDOM,
					    .executions_max = SHARES * SHARE,
					    .all_faults = true,
					    .races = true};
		struct explore_report report;
		uint32_t least = SHARE, most = 0;

		model.outcome = count_faulty;
		CHECK_EQ(explore(&model, &plan, &report), 0);
		for (uint32_t s = 0; s < SHARES; s++) {
			least = shares.faulty[s] < least ? shares.faulty[s] : least;
			most = shares.faulty[s] > most ? shares.faulty[s] : most;
		}
		if (rows[i].faults)
			CHECK(least > 0 && most - least < SHARE / 8);
		else
			CHECK_EQ(most, 0);
		explore_report_free(&report);
	}
}

static const struct test tests[] = {
	{"small programs", small_programs},
	{"both sites are named", both_sites_are_named},
	{"one after the other", one_after_the_other},
	{"the first execution is like others", the_first_execution_is_like_others},
	{"walks are watched as recorded", walks_are_watched_as_recorded},
	{"clocks begin again", clocks_begin_again},
};
TESTS(tests)
