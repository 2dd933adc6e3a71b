/* SPDX-License-Identifier: MIT */
/*
 * Programs with one order too weak, and the same programs as they have to be: the first are caught
 * under rc11, by a complete search and by luck, as tickets that replay; the second are clean, and
 * searched to the end, under every model.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "twins.h"

#define WALKS 20000

static struct explore_report search(const struct twin *twin, struct explore_plan plan)
{
	struct explore_model model = twin_model(twin);
	struct explore_report report;

	plan.preemptions_max = UINT32_MAX;
	if (!CHECK_EQ(explore(&model, &plan, &report), 0))
		printf("  %s: %s\n", twin->name, report.refused);
	return report;
}

static void right_twins_are_clean(void)
{
	for (uint32_t i = 0; i < twin_count; i++) {
		for (uint32_t k = 0; k < 2 * EXPLORE_MEMORIES; k++) {
			struct explore_plan plan = {.strategy =
							    k & 1 ? EXPLORE_DFS : EXPLORE_STATEFUL,
						    .memory = (enum explore_memory)(k / 2)};
			struct explore_report report = search(&twins[i], plan);

			if (report.fault_count || !report.exhausted)
				printf("  %s, %s by %s: %s\n", twins[i].name,
				       explore_memory_name(plan.memory),
				       explore_strategy_name(plan.strategy),
				       report.fault_count ? explore_fault_name(report.fault[0].kind)
							  : "not exhausted");
			CHECK_EQ(report.fault_count, 0);
			CHECK(report.exhausted);
			explore_report_free(&report);
		}
	}
}

/* The orders of @twin's mutant, at most TWIN_WEAKER. Returns how many. */
static uint32_t weaken(const struct twin *twin, struct site_order *orders)
{
	struct explore_report report = search(
		twin, (struct explore_plan){.strategy = EXPLORE_STATEFUL, .memory = EXPLORE_RC11});
	uint32_t count = 0, wanted = 0;

	for (; wanted < TWIN_WEAKER && twin->weaker[wanted].site; wanted++)
		for (uint32_t i = 0; i < report.site_count && count < TWIN_WEAKER; i++)
			if (!strcmp(report.sites[i]->text, twin->weaker[wanted].site))
				orders[count++] = (struct site_order){report.sites[i],
								      twin->weaker[wanted].order};
	explore_report_free(&report);
	if (!CHECK_EQ(count, wanted))
		printf("  %s: its sites were not reached\n", twin->name);
	return count;
}

static void caught_by(const struct twin *twin, struct explore_plan plan)
{
	struct explore_report report = search(twin, plan);
	bool caught = report.fault_count && report.fault[0].kind == (uint32_t)twin->fault;

	if (!caught)
		printf("  %s by %s: %s\n", twin->name, explore_strategy_name(plan.strategy),
		       report.fault_count ? explore_fault_name(report.fault[0].kind) : "missed");
	CHECK(caught);
	explore_report_free(&report);
}

static void mutants_are_caught(void)
{
	CHECK(twin_count >= 19);
	for (uint32_t i = 0; i < twin_count; i++) {
		struct site_order orders[TWIN_WEAKER];
		struct explore_plan plan = {.memory = EXPLORE_RC11,
					    .orders = orders,
					    .order_count = weaken(&twins[i], orders)};

		plan.strategy = EXPLORE_STATEFUL;
		caught_by(&twins[i], plan);
		plan.strategy = EXPLORE_DFS;
		caught_by(&twins[i], plan);
		plan.strategy = EXPLORE_RANDOM;
		plan.executions_max = WALKS;
		caught_by(&twins[i], plan);
	}
}

/* The fewest options; the ticket of that is the same fault again. */
static void mutants_replay(void)
{
	for (uint32_t i = 0; i < twin_count; i++) {
		struct site_order orders[TWIN_WEAKER];
		struct explore_model model = twin_model(&twins[i]);
		struct explore_plan plan = {.memory = EXPLORE_RC11,
					    .strategy = EXPLORE_STATEFUL,
					    .orders = orders,
					    .order_count = weaken(&twins[i], orders)};
		struct explore_replayed replayed;
		struct explore_fault fault;
		bool proven = false;
		char *ticket;

		if (!CHECK_EQ(explore_minimise(&model, &plan, twins[i].fault, &fault, &proven), 0))
			continue;
		CHECK(proven);
		ticket = explore_model_ticket("twin", &plan, &fault);
		CHECK_EQ(explore_model_replay(&model, "twin", ticket, NULL, &replayed), 0);
		if (!CHECK(replayed.met))
			printf("  %s: %s\n", twins[i].name, ticket);
		explore_replayed_free(&replayed);
		free(ticket);
		schedule_free(&fault.schedule);
	}
}

static const struct test tests[] = {
	{"right twins are clean", right_twins_are_clean},
	{"mutants are caught", mutants_are_caught},
	{"mutants replay", mutants_replay},
};
TESTS(tests)
