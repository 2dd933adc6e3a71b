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
#define TICKETS 500 /* DMTORTURE_TICKETS in the environment: that number */

static const enum explore_strategy by[] = {EXPLORE_STATEFUL, EXPLORE_DFS, EXPLORE_RANDOM};

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

static void wrong_under_tso(void)
{
	struct explore_report report = search(&twin_of_tso, (struct explore_plan){0});

	CHECK_EQ(report.fault_count, 0);
	explore_report_free(&report);
	for (uint32_t k = 0; k < 3; k++)
		caught_by(&twin_of_tso,
			  (struct explore_plan){.strategy = by[k],
						.memory = EXPLORE_TSO,
						.executions_max = k == 2 ? WALKS : 0});
}

/* Whether the ticket of @fault, met by @plan, is the same fault again. */
static bool comes_again(const struct explore_model *model, const struct explore_plan *plan,
			const struct explore_fault *fault)
{
	char *ticket = explore_model_ticket("twin", plan, fault);
	struct explore_replayed replayed;
	bool met;

	if (!CHECK_EQ(explore_model_replay(model, "twin", ticket, NULL, &replayed), 0))
		printf("  %s: %s\n", ticket, replayed.refused);
	met = replayed.met;
	if (!met)
		printf("  %s\n", ticket);
	explore_replayed_free(&replayed);
	free(ticket);
	return met;
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
		struct explore_fault fault;
		bool proven = false;

		if (!CHECK_EQ(explore_minimise(&model, &plan, twins[i].fault, &fault, &proven), 0))
			continue;
		CHECK(proven);
		if (!CHECK(comes_again(&model, &plan, &fault)))
			printf("  %s\n", twins[i].name);
		schedule_free(&fault.schedule);
	}
}

/* What random walks meet, with other options and places each time. */
static void walks_replay(void)
{
	const char *asked = getenv("DMTORTURE_TICKETS");
	uint32_t tickets = asked ? (uint32_t)strtoul(asked, NULL, 10) : TICKETS, lost = 0;
	uint64_t options = 0;

	for (uint32_t i = 0; i < tickets; i++) {
		const bool tso = i % (twin_count + 1) == twin_count;
		const struct twin *twin = tso ? &twin_of_tso : &twins[i % (twin_count + 1)];
		struct explore_model model = twin_model(twin);
		struct site_order orders[TWIN_WEAKER];
		struct explore_plan plan = {.memory = tso ? EXPLORE_TSO : EXPLORE_RC11,
					    .strategy = EXPLORE_RANDOM,
					    .orders = orders,
					    .order_count = weaken(twin, orders),
					    .executions_max = WALKS,
					    .seed = i};
		struct explore_report report = search(twin, plan);

		if (report.fault_count && comes_again(&model, &plan, &report.fault[0]))
			for (uint32_t k = 0; k < report.fault[0].schedule.count; k++)
				options += report.fault[0].schedule.deviation[k].option != 0;
		else
			lost++;
		explore_report_free(&report);
	}
	printf("  %u tickets, %llu options in them, %u lost\n", tickets,
	       (unsigned long long)options, lost);
	CHECK_EQ(lost, 0);
	CHECK(options >= tickets / 2);
}

static const struct test tests[] = {
	{"right twins are clean", right_twins_are_clean},
	{"mutants are caught", mutants_are_caught},
	{"wrong under tso", wrong_under_tso},
	{"mutants replay", mutants_replay},
	{"walks replay", walks_replay},
};
TESTS(tests)
