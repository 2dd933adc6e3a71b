/* SPDX-License-Identifier: MIT */
/*
 * Whether the explorer that this is linked with is sound, by what is known of the classic programs.
 * Called with what has to come out: "sound", or the detector that has to see a mistake.
 */
#include <stdio.h>

#include "classics.h"

#define EXECUTIONS_MAX 20000
#define WALKS 3000
#define STEPS_OF_ONE 400
#define TIME_MS_MAX 3000

#define PARTS_OF_ONE 3

enum detector { COUNTS, DISAGREE, FAULTS, ENDS, PARTS, STATES, DETECTORS };

static const char *const detector_name[DETECTORS] = {
	[COUNTS] = "counts",	 /* traces, or executions per trace, are not what they must be */
	[DISAGREE] = "disagree", /* the complete searches find different ends */
	[FAULTS] = "faults",	 /* a known fault is missed, or one found that is none */
	[ENDS] = "ends",	 /* a search does not come to its end */
	[PARTS] = "parts",	 /* the parts of a search are not the whole */
	[STATES] = "states",	 /* a sleeping thread misses states, or none sleeps */
};

/* A complete search, as @plan says, within limits. */
static struct explore_report run(const struct classic_row *row, struct explore_plan plan)
{
	struct classic_run seen;
	struct explore_model model = classic_model(&seen, row);
	struct explore_report report;

	plan.executions_max = EXECUTIONS_MAX;
	plan.steps_max = STEPS_OF_ONE;
	plan.time_ms_max = TIME_MS_MAX;
	plan.all_faults = true;
	explore(&model, &plan, &report);
	return report;
}

/* A random walk of two threads meets all that can be, and no walk meets what cannot. */
static bool walk_is_right(const struct classic_row *row)
{
	struct classic_run seen;
	struct explore_model model = classic_model(&seen, row);
	struct explore_plan plan = {
		.strategy = EXPLORE_RANDOM, .executions_max = WALKS, .all_faults = true};
	struct explore_report report;
	uint32_t wrong;

	explore(&model, &plan, &report);
	wrong = row->threads == 2 ? report.fault_kinds ^ row->faults
				  : report.fault_kinds & ~row->faults;
	explore_report_free(&report);
	if (wrong || (row->threads == 2 && seen.outcomes != row->outcomes))
		printf("%-24s walks: faults %x of %x, outcomes %llx of %llx\n", row->name,
		       report.fault_kinds, row->faults, (unsigned long long)seen.outcomes,
		       (unsigned long long)row->outcomes);
	return !wrong && (row->threads != 2 || seen.outcomes == row->outcomes);
}

/* Whether a search in parts looks at as many executions as @whole, and sees what it sees. */
static bool parts_are_right(const struct classic_row *row, const struct explore_report *whole)
{
	struct explore_plan plan = {.strategy = EXPLORE_DPOR, .parts = PARTS_OF_ONE};
	uint64_t looked_at = 0, all = whole->executions - whole->blocked;
	uint32_t faults = 0;

	for (; plan.part < plan.parts; plan.part++) {
		struct explore_report report = run(row, plan);

		looked_at += report.executions - report.blocked;
		faults |= report.fault_kinds;
		explore_report_free(&report);
	}
	if (looked_at != all || faults != whole->fault_kinds)
		printf("%-24s parts: executions %llu of %llu, faults %x of %x\n", row->name,
		       (unsigned long long)looked_at, (unsigned long long)all, faults,
		       whole->fault_kinds);
	return looked_at == all && faults == whole->fault_kinds;
}

static uint64_t steps_of_sleepers, steps_of_all;

/* Whether all states are visited, as in a search that takes every step. */
static bool states_are_all(const struct classic_row *row, const struct explore_report *states)
{
	struct explore_plan plan = {.strategy = EXPLORE_STATEFUL, .every_step = true};
	struct explore_report every = run(row, plan);
	bool right;

	steps_of_sleepers += states->steps;
	steps_of_all += every.steps;
	right = every.states == states->states && every.executions == states->executions &&
		every.fault_kinds == states->fault_kinds;
	if (!right)
		printf("%-24s states %llu of %llu, executions %llu of %llu\n", row->name,
		       (unsigned long long)states->states, (unsigned long long)every.states,
		       (unsigned long long)states->executions,
		       (unsigned long long)every.executions);
	explore_report_free(&every);
	return right;
}

/* Mask of the detectors that see something wrong. */
static uint32_t judge(const struct classic_row *row)
{
	struct explore_plan by_dpor = {.strategy = EXPLORE_DPOR, .collect = true};
	struct explore_plan by_states = {.strategy = EXPLORE_STATEFUL, .collect = true};
	struct explore_report dpor = run(row, by_dpor), states = run(row, by_states);
	uint32_t seen = 0;

	if (row->traces &&
	    (dpor.traces != row->traces || dpor.executions * 100 > row->traces * 101))
		seen |= 1u << COUNTS;
	if (dpor.finals_hash != states.finals_hash)
		seen |= 1u << DISAGREE;
	if (dpor.fault_kinds != row->faults || states.fault_kinds != row->faults ||
	    !walk_is_right(row))
		seen |= 1u << FAULTS;
	if (!dpor.exhausted || !states.exhausted)
		seen |= 1u << ENDS;
	if (!states_are_all(row, &states))
		seen |= 1u << STATES;
	if (!parts_are_right(row, &dpor))
		seen |= 1u << PARTS;
	if (seen)
		printf("%-24s traces %llu of %llu, executions %llu%s, ends %llu and %llu, faults "
		       "%x and %x of %x\n",
		       row->name, (unsigned long long)dpor.traces, (unsigned long long)row->traces,
		       (unsigned long long)dpor.executions, dpor.exhausted ? "" : " cut off",
		       (unsigned long long)dpor.finals, (unsigned long long)states.finals,
		       dpor.fault_kinds, states.fault_kinds, row->faults);
	explore_report_free(&dpor);
	explore_report_free(&states);
	return seen;
}

int main(int argc, char **argv)
{
	const char *wanted = argc > 1 ? argv[1] : "sound";
	uint32_t seen = 0;
	bool right = !strcmp(wanted, "sound");

	for (uint32_t i = 0; i < classic_count; i++)
		seen |= judge(&classics[i]);
	if (steps_of_sleepers >= steps_of_all)
		seen |= 1u << STATES;
	if (right)
		right = !seen;
	else
		for (uint32_t i = 0; i < DETECTORS; i++)
			right |= seen >> i & 1 && !strcmp(wanted, detector_name[i]);
	printf("seen by:");
	for (uint32_t i = 0; i < DETECTORS; i++)
		if (seen >> i & 1)
			printf(" %s", detector_name[i]);
	printf("%s; wanted: %s\n", seen ? "" : " none", wanted);
	return right ? 0 : 1;
}
