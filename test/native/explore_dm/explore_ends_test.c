/* SPDX-License-Identifier: MIT */
/* Shortcuts at the end of an execution find what the whole check finds. */
#include "dm_model.h"
#include "check.h"
#include "scenarios.h"

#define MASKS 1024

/* What is found of @programs, with shortcuts and without. */
static uint64_t explore_ends(const struct program_set *programs, uint64_t patches, bool shortcuts)
{
	static struct dm_model model;
	struct dm_setup setup = {.patches = patches};
	struct explore_plan plan = {.strategy = EXPLORE_DPOR, .all_faults = true};
	struct explore_report report;
	uint64_t found;

	dm_model_init(&model, programs, &setup);
	if (!shortcuts) {
		model.model.settled = NULL;
		model.model.check_is_pure = false;
	}
	explore(&model.model, &plan, &report);
	found = fibers_mix(report.fault_kinds, report.executions);
	for (uint32_t i = 0; i < report.fault_count; i++)
		found = fibers_mix(fibers_mix(found, report.fault[i].count),
				   (uintptr_t)report.fault[i].site);
	explore_report_free(&report);
	return found;
}

/* Two threads, every seventh mask: the same faults, at the same sites, in as many executions. */
static void shortcuts_change_nothing(void)
{
	uint32_t differ = 0, cells = 0;

	for (uint32_t i = 0; i < scenario_count; i++) {
		struct program_set programs = scenario_named(scenarios[i].name);

		for (uint64_t mask = 0; programs.cpus == 2 && mask < MASKS; mask += 7) {
			cells++;
			differ += explore_ends(&programs, mask, true) !=
				  explore_ends(&programs, mask, false);
		}
		program_set_free(&programs);
	}
	CHECK_EQ(differ, 0);
	CHECK(cells > MASKS / 7);
}

static const struct test tests[] = {{"shortcuts change nothing", shortcuts_change_nothing}};
TESTS(tests)
