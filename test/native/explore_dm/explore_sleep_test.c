/* SPDX-License-Identifier: MIT */
/* Stateful search visits every state, and comes to every end, also of threads that sleep. */
#include <errno.h>
#include <stdio.h>

#include "dm_model.h"
#include "check.h"
#include "scenarios.h"

#define PATCHES 8

/* Steps that were taken in all, with and without sleeping threads. */
static uint64_t steps_of_sleepers, steps_of_all;

static struct explore_report search(const struct program_set *programs, uint64_t patches,
				    bool run_on, bool every_step)
{
	static struct dm_model model;
	struct dm_setup setup = {.patches = patches};
	struct explore_plan plan = {.strategy = EXPLORE_STATEFUL,
				    .all_faults = true,
				    .run_on = run_on,
				    .collect = true,
				    .every_step = every_step};
	struct explore_report report = {0};
	int r;

	dm_model_init(&model, programs, &setup);
	r = explore(&model.model, &plan, &report);
	CHECK(r == 0 || (r == -EFAULT && patches != PATCHES_ALL));
	CHECK(r || report.states > 1);
	return report;
}

static void compare(const struct scenario *scenario, uint64_t patches, bool run_on)
{
	struct program_set programs = scenario_named(scenario->name);
	struct explore_report every = search(&programs, patches, run_on, true);
	struct explore_report some = search(&programs, patches, run_on, false);
	bool same = CHECK_EQ(some.states, every.states);

	same &= CHECK_EQ(some.executions, every.executions);
	same &= CHECK_EQ(some.finals, every.finals);
	same &= CHECK_EQ(some.finals_hash, every.finals_hash);
	same &= CHECK_EQ(some.fault_kinds, every.fault_kinds);
	same &= CHECK_EQ(some.exhausted, every.exhausted);
	steps_of_sleepers += some.steps;
	steps_of_all += every.steps;
	if (!same)
		printf("  %s, patches %llx%s\n", scenario->name, (unsigned long long)patches,
		       run_on ? ", run on" : "");
	explore_report_free(&every);
	explore_report_free(&some);
	program_set_free(&programs);
}

static void one_patch_left_out(void)
{
	for (uint32_t i = 0; i < scenario_count; i++)
		for (uint32_t patch = 0; patch <= PATCHES; patch++)
			compare(&scenarios[i],
				patch ? PATCHES_ALL & ~PATCH_ROW_AT(patch - 1) : PATCHES_ALL,
				false);
}

/* Every seventh set of patches, so that each patch is in and out beside each other one. */
static void many_left_out(void)
{
	for (uint32_t i = 0; i < scenario_count; i++) {
		struct program_set programs = scenario_named(scenarios[i].name);
		uint32_t apart = programs.cpus < 4 ? 7 : 85;

		for (uint64_t patches = 0; patches < PATCH_ROW_AT(PATCHES); patches += apart)
			compare(&scenarios[i], PATCH_ROW(R3) | patches, patches & 1);
		program_set_free(&programs);
	}
}

/* Half of the steps lead to what is known. */
static void sleeping_saves_steps(void)
{
	CHECK(steps_of_sleepers > 0 && steps_of_sleepers < steps_of_all * 3 / 4);
}

static const struct test tests[] = {
	{"one patch left out", one_patch_left_out},
	{"many left out", many_left_out},
	{"sleeping saves steps", sleeping_saves_steps},
};
TESTS(tests)
