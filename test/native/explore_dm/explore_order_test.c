/* SPDX-License-Identifier: MIT */
/* Steps of the device mapper come in the order that the kernel of 2006 had. */
#include <string.h>

#include "check.h"
#include "dm_model.h"
#include "scenarios.h"
#include "schedule.h"

/* The step at which cpu1 comes to @text. */
static uint32_t step_of(const struct fibers *f, const char *text)
{
	for (uint32_t i = 0; i < f->length; i++)
		if (!f->trace[i].cpu && !strcmp(f->trace[i].site->text, text))
			return i;
	return UINT32_MAX;
}

static int choose_lowest(void *context, uint32_t enabled)
{
	(void)context;
	return __builtin_ctz(enabled);
}

/* As in the kernel: a thread that waited until nothing is pending still meets the element outside.
 */
static void a_bio_ends_before_its_element_is_back(void)
{
	static struct dm_model model;
	struct program_set programs = scenario_named("open-remove-unload");
	struct dm_setup setup = {.patches = PATCHES_ALL};
	uint32_t out, pending, ended, back;
	struct stage stage;

	dm_model_init(&model, &programs, &setup);
	CHECK_EQ(stage_open(&stage, &model.model, 0), 0);
	stage.fibers->choose = choose_lowest;
	stage_run(&stage);
	out = step_of(stage.fibers, "atomic_inc(&pool->out)");
	pending = step_of(stage.fibers, "atomic_inc(&md->pending)");
	ended = step_of(stage.fibers, "atomic_dec_and_test(&md->pending)");
	back = step_of(stage.fibers, "atomic_dec_and_test(&pool->out)");
	CHECK(out < pending && pending < ended && ended < back && back < UINT32_MAX);
	stage_close(&stage);
	program_set_free(&programs);
}

/*
 * What the cover letter saw. Running on, threads go on with what recycled memory holds: a lookup
 * counts there, the count is wiped, and the reference that is missing is that of a bio in flight.
 * Where a fault stops its thread, or with the series in, it does not come to that.
 */
static void a_pool_goes_under_a_bio(void)
{
	static const struct {
		uint64_t patches;
		bool run_on, comes;
	} cases[] = {{0, true, true}, {0, false, false}, {PATCHES_ALL, true, false}};
	static struct dm_model model;
	struct program_set programs = scenario_named("recycle-get-uevent");

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dm_setup setup = {.patches = cases[i].patches};
		struct explore_plan plan = {.strategy = EXPLORE_STATEFUL,
					    .all_faults = true,
					    .run_on = cases[i].run_on};
		struct explore_report report;

		dm_model_init(&model, &programs, &setup);
		CHECK_EQ(explore(&model.model, &plan, &report), 0);
		CHECK(report.exhausted);
		CHECK_EQ(report.fault_kinds >> FAULT_POOL_OUTSTANDING & 1, cases[i].comes);
		if (cases[i].patches == PATCHES_ALL)
			CHECK_EQ(report.fault_kinds, 0);
		explore_report_free(&report);
	}
	program_set_free(&programs);
}

static const struct test tests[] = {
	{"a pool goes under a bio", a_pool_goes_under_a_bio},
	{"a bio ends before its element is back", a_bio_ends_before_its_element_is_back},
};
TESTS(tests)
