/* SPDX-License-Identifier: MIT */
/* Data races of the scenarios: with every patch there is none, and without one those it is for. */
#include <errno.h>
#include <string.h>

#include "dm_model.h"
#include "check.h"
#include "scenarios.h"

#define PATCHES 8
#define PCT_RUNS 20000 /* of four threads, whose traces are too many */

/* Races of the scenario with @patches, every trace looked at, or PCT_RUNS of four threads. */
static bool races(const char *name, uint64_t patches)
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
	CHECK(r == 0 || (r == -EFAULT && patches != PATCHES_ALL));
	if (!r)
		CHECK_EQ(report.exhausted, small);
	explore_report_free(&report);
	program_set_free(&programs);
	return !r && report.fault_kinds >> FAULT_DATA_RACE & 1;
}

/*
 * With all eight patches and find-put in, no scenario of two or three threads has a data race in
 * any trace, and none of four in 20,000 executions of PCT.
 */
static void all_is_race_free(void)
{
	for (uint32_t i = 0; i < scenario_count; i++)
		CHECK(!races(scenarios[i].name, PATCHES_ALL));
}

/* Whether @name has a data race without @patch. */
static bool races_without(const char *name, uint32_t patch)
{
	static const struct {
		const char *name;
		uint32_t patch;
	} rows[] = {{"create-find", 2}, {"create-get", 2}, {"create-uevent", 8}, {"remove-open", 5},
		    {"remove-get", 6},	{"clash-find", 2}, {"clash-find", 6}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(rows[i].name, name) && rows[i].patch == patch)
			return true;
	return false;
}

/*
 * With one patch left out: a device that is found while it is built races with its creator (02),
 * so does the handler of a uevent that was sent too early (08). What is used after it was freed
 * races with the free: an open of a device that is torn down (05), a lookup that pins too late
 * (06). Nothing else of two threads does.
 */
static void races_of_patches_left_out(void)
{
	for (uint32_t i = 0; i < scenario_count; i++) {
		const char *name = scenarios[i].name;
		struct program_set programs = scenario_named(name);

		for (uint32_t patch = 1; programs.cpus == 2 && patch <= PATCHES; patch++)
			CHECK_EQ(races(name, PATCHES_ALL & ~PATCH_ROW_AT(patch - 1)),
				 races_without(name, patch));
		program_set_free(&programs);
	}
	CHECK(races("create-find-uevent", PATCHES_WITHOUT(02)));
	CHECK(races("create-find-uevent", PATCHES_WITHOUT(08)));
}

static const struct test tests[] = {
	{"all is race free", all_is_race_free},
	{"races of patches left out", races_of_patches_left_out},
};
TESTS(tests)
