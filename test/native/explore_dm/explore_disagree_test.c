/* SPDX-License-Identifier: MIT */
/*
 * A search, its minimiser and its replay that disagree: an error that names what was met, never a
 * report. The search is of programs that have the fault, what comes after it of patched ones.
 */
#include <errno.h>
#include <string.h>

#include "dm_model.h"
#include "check.h"
#include "engine_run.h"
#include "scenarios.h"

#define BROKEN PATCHES_WITHOUT(02)

/* The result when faults that were met with BROKEN get their stories with @patches. */
static int tell_with(uint64_t patches, bool as_found, struct explore_result *result)
{
	struct exploration e = {.input = {.as_found = as_found, .patches = patches},
				.programs = scenario_named("create-find"),
				.deadline_ns = UINT64_MAX};
	struct explore_plan plan = {.strategy = EXPLORE_DPOR, .all_faults = true};
	struct dm_setup setup = {.patches = BROKEN};
	struct explore_report report;
	int r;

	dm_model_init(&e.model, &e.programs, &setup);
	CHECK_EQ(explore(&e.model.model, &plan, &report), 0);
	CHECK(report.fault_count);
	setup.patches = patches;
	dm_model_init(&e.model, &e.programs, &setup);
	*result = (struct explore_result){0};
	r = find_stories(&e, &report, result);
	explore_report_free(&report);
	program_set_free(&e.programs);
	return r;
}

static void a_fault_that_does_not_come_again(void)
{
	struct explore_result result;

	for (int as_found = 0; as_found < 2; as_found++) {
		CHECK_EQ(tell_with(BROKEN, as_found, &result), 0);
		CHECK_EQ(result.fault_count, 1);
		CHECK(!result.differs[0]);
		explore_result_free(&result);
		CHECK_EQ(tell_with(PATCHES_ALL, as_found, &result), -ESTALE);
		CHECK_EQ(result.fault_count, 0);
		CHECK(strstr(result.differs, "its schedule did not when it was run again"));
		CHECK(strstr(result.differs, "a search met use-uninitialized at step "));
		explore_result_free(&result);
	}
}

static const struct test tests[] = {
	{"a fault that does not come again", a_fault_that_does_not_come_again},
};

TESTS(tests)
