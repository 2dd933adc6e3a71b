/* SPDX-License-Identifier: MIT */
/* Data races: found where plain accesses are not ordered, by name, and nowhere else. */
#include <stdio.h>

#include "check.h"
#include "programs.h"
#include "scenarios.h"
#include "tell.h"

#define ALL 0x2ffu
#define PATCHES 8
#define PCT_RUNS 20000 /* of four threads, whose traces are too many */

static const struct site read_site = {"plain", "value = count", 1};
static const struct site write_site = {"plain", "count = value + 1", 2};

static void plain(struct classic *c, struct task *t, uint32_t cpu)
{
	uint64_t value;

	(void)cpu;
	point(t, POINT_READ_PLAIN, &c->word[0], &read_site);
	value = observe(t, word_load(&c->word[0]));
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
	word_store(t, &c->word[1 + cpu], observe(t, word_load(&c->word[0])));
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
		/* Who does not look for races finds none. */
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
		CHECK_TEXT(trace.fault_text, fault->site->text);
		CHECK_TEXT(trace.message,
			   reads ? "nothing orders it after plain: count = value + 1 of cpu1"
				 : "nothing orders it after plain: value = count of cpu2");
		trace_free(&trace);
	}
	explore_report_free(&report);
}

/* Races of the scenario with @patches, every trace looked at, or PCT_RUNS of four threads. */
static bool races(const char *name, uint32_t patches)
{
	static struct dm_model model;
	struct program_set programs = scenario_named(name);
	bool small = programs.cpus < 4;
	struct dm_setup setup = {.patches = patches};
	struct explore_plan plan = {.strategy = small ? EXPLORE_DPOR : EXPLORE_PCT,
				    .executions_max = small ? 0 : PCT_RUNS,
				    .all_faults = true,
				    .races = true};
	struct explore_report report;
	int r;

	dm_model_init(&model, &programs, &setup);
	r = explore(&model.model, &plan, &report);
	if (!r)
		CHECK_EQ(report.exhausted, small);
	explore_report_free(&report);
	program_set_free(&programs);
	return !r && report.fault_kinds & RACE;
}

/*
 * With all eight patches and find-put in, no scenario of two or three threads has a data race in
 * any trace, and none of four in 20,000 executions of PCT.
 */
static void all_is_race_free(void)
{
	for (uint32_t i = 0; i < scenario_count; i++)
		CHECK(!races(scenarios[i].name, ALL));
}

/*
 * With one patch left out: a device that is found while it is built races with who builds it (02),
 * so does the handler of a uevent that was sent too early (08). Nothing else of two threads does.
 */
static void races_of_patches_left_out(void)
{
	for (uint32_t i = 0; i < scenario_count; i++) {
		const char *name = scenarios[i].name;
		struct program_set programs = scenario_named(name);
		bool built = !strcmp(name, "create-find") || !strcmp(name, "create-get");
		bool announced = !strcmp(name, "create-uevent");

		for (uint32_t patch = 1; programs.cpus == 2 && patch <= PATCHES; patch++)
			CHECK_EQ(races(name, ALL & ~(1u << (patch - 1))),
				 (built && patch == 2) || (announced && patch == 8));
		program_set_free(&programs);
	}
	CHECK(races("create-find-uevent", ALL & ~0x02u));
	CHECK(races("create-find-uevent", ALL & ~0x80u));
}

static const struct test tests[] = {
	{"small programs", small_programs},
	{"both sites are named", both_sites_are_named},
	{"all is race free", all_is_race_free},
	{"races of patches left out", races_of_patches_left_out},
};
TESTS(tests)
