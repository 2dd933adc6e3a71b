/* SPDX-License-Identifier: MIT */
/*
 * The litmus table on the engine: every model by every strategy that claims to be complete, each
 * outcome and under rc11 each count of execution graphs; and random walks meet nothing else.
 */
#include <stdio.h>

#include "check.h"
#include "litmus_run.h"
#include "oracle.h"
#include "table.h"

#define WALKS 300

static struct verdict verdict;
static struct litmus_run run;

/* Whether everything the strategy says of @row is what the axioms say. */
static bool agrees(const struct litmus_row *row, bool allowed)
{
	return run.exhausted && !run.races && !run.other_faults &&
	       outcomes_have(&run.outcomes, row->outcome) == allowed &&
	       outcomes_are(&run.outcomes, &verdict.outcomes);
}

static void all_rows(enum explore_memory memory, enum axioms axioms)
{
	for (uint32_t i = 0; i < litmus_row_count; i++) {
		const struct litmus_row *row = &litmus_rows[i];
		const bool allowed = axioms == AXIOMS_RC11  ? row->rc11
				     : axioms == AXIOMS_TSO ? row->tso
							    : row->sc;
		struct litmus l = litmus_of(row);

		oracle(&l, axioms, false, &verdict);
		for (uint32_t k = 0; k < LITMUS_STRATEGIES; k++) {
			struct explore_plan plan = {.strategy = litmus_strategy[k],
						    .memory = memory};

			litmus_explore(&l, plan, &run);
			if (!agrees(row, allowed))
				printf("  %s: %s by %s: %u outcomes, not %u\n", row->name,
				       row->text, explore_strategy_name(plan.strategy),
				       run.outcomes.count, verdict.outcomes.count);
			CHECK(agrees(row, allowed));
		}
	}
}

static void under_sc(void)
{
	all_rows(EXPLORE_SC, AXIOMS_SC);
}

static void under_tso(void)
{
	all_rows(EXPLORE_TSO, AXIOMS_TSO);
}

static void under_rc11(void)
{
	all_rows(EXPLORE_RC11, AXIOMS_RC11);
}

static void graphs(void)
{
	for (uint32_t i = 0; i < litmus_row_count; i++) {
		const struct litmus_row *row = &litmus_rows[i];
		struct litmus l = litmus_of(row);

		litmus_explore(&l,
			       (struct explore_plan){.strategy = EXPLORE_DFS,
						     .memory = EXPLORE_RC11,
						     .collect = true},
			       &run);
		if (run.graphs != row->graphs)
			printf("  %s: %s\n", row->name, row->text);
		CHECK_EQ(run.graphs, row->graphs);
	}
}

/*
 * A plain write is counted as none of an execution's events, whether the atomic accesses to its
 * place were known of before it or not.
 */
static void graphs_of_plain_writes(void)
{
	static const char *const text[] = {"F.sc Wx3.na Wx2.rel | Ay3.sc Xx2.sc",
					   "Wx3.na Wy1.rel | Ay1.acq Rx",
					   "Wx3.na Wx2.rel Wx1 | Rx.acq Ax1"};

	for (uint32_t i = 0; i < 2 * sizeof(text) / sizeof(*text); i++) {
		const bool c11 = i & 1;
		struct litmus l;

		CHECK(litmus_parse(text[i / 2], &l));
		oracle(&l, AXIOMS_RC11, c11, &verdict);
		litmus_explore(&l,
			       (struct explore_plan){.strategy = EXPLORE_DFS,
						     .memory = EXPLORE_RC11,
						     .collect = true,
						     .c11_sequences = c11},
			       &run);
		CHECK(verdict.races && run.races);
		CHECK_EQ(run.graphs, verdict.graphs);
	}
}

/* C11 and C17 let a release sequence go on with what its thread stores later. */
static void release_sequences(void)
{
	static const char *const text[] = {"Wx1 Wy1.rel Wy2 | Ry.acq Rx",
					   "Wx1 Wy1.rel Wy2 | Ay1 | Ry.acq Rx"};
	static const char *const outcome[] = {"20??", "230??"};

	for (uint32_t i = 0; i < 4; i++) {
		struct litmus l;
		const bool c11 = i & 1;

		CHECK(litmus_parse(text[i / 2], &l));
		litmus_explore(&l,
			       (struct explore_plan){.strategy = EXPLORE_STATEFUL,
						     .memory = EXPLORE_RC11,
						     .c11_sequences = c11},
			       &run);
		CHECK_EQ(outcomes_have(&run.outcomes, outcome[i / 2]), !c11);
	}
}

/* Each outcome of @run is one of @verdict. */
static bool are_known(void)
{
	struct outcomes both = verdict.outcomes;

	for (uint32_t i = 0; i < run.outcomes.count; i++)
		outcomes_add(&both, run.outcomes.outcome[i]);
	return both.count == verdict.outcomes.count;
}

static void walks_meet_nothing_else(void)
{
	static const enum explore_strategy walk[] = {EXPLORE_RANDOM, EXPLORE_PCT};
	uint32_t met = 0, all = 0;

	for (uint32_t i = 0; i < litmus_row_count; i++) {
		struct litmus l = litmus_of(&litmus_rows[i]);

		for (uint32_t k = 0; k < 4; k++) {
			const bool tso = k & 1;

			oracle(&l, tso ? AXIOMS_TSO : AXIOMS_RC11, false, &verdict);
			litmus_explore(
				&l,
				(struct explore_plan){.strategy = walk[k / 2],
						      .memory = tso ? EXPLORE_TSO : EXPLORE_RC11,
						      .executions_max = WALKS},
				&run);
			if (!are_known())
				printf("  %s\n", litmus_rows[i].name);
			CHECK(are_known());
			if (walk[k / 2] != EXPLORE_RANDOM || tso)
				continue;
			met += run.outcomes.count;
			all += verdict.outcomes.count;
		}
	}
	printf("  %u walks a row meet %u of %u outcomes\n", WALKS, met, all);
	CHECK(met * 2 >= all);
}

/* Each is the only program of ten thousand that shows some mistake. */
static const char *const remembered[] = {
	"Wx1.rel Wy2.sc | Xy3.rel Wy3 | Ry.sc Cx02", /* whose release sequence a store carries on */
	"Wy1 | Ay1 | Ay1 Wy2 | Ry.acq Cy13",	     /* a message that was read stands in states */
	"Wx1 Wx1.rel | Rx.sc F.sc Ry.sc | Wy1.sc Rx.sc", /* so does the order of fences */
	"Wx1 Wx2 Wx1 Wz1.rel | Rx F.rel Rz.acq Rz Wy1 | Ry.acq Rx", /* and what a fence has released
								     */
	"Rx Wy1 Wx1.rel | Wx1 Wx2 Wz1.rel | Rx Rz.acq Rz F.acq Ry", /* and what one will acquire */
	"Xx5 Xx0 Wy1 | Rx Ry Rx", /* what was updated can be read */
};

static void remembered_programs(void)
{
	for (uint32_t i = 0; i < 4 * sizeof(remembered) / sizeof(*remembered); i++) {
		const enum explore_strategy strategy = litmus_strategy[i / 2 % LITMUS_STRATEGIES];
		const char *text = remembered[i / 4];
		const bool c11 = i & 1;
		struct litmus l;

		CHECK(litmus_parse(text, &l));
		oracle(&l, AXIOMS_RC11, c11, &verdict);
		litmus_explore(&l,
			       (struct explore_plan){.strategy = strategy,
						     .memory = EXPLORE_RC11,
						     .c11_sequences = c11},
			       &run);
		if (!outcomes_are(&run.outcomes, &verdict.outcomes))
			printf("  %s by %s\n", text, explore_strategy_name(strategy));
		CHECK(run.exhausted);
		CHECK(outcomes_are(&run.outcomes, &verdict.outcomes));
	}
}

static const struct test tests[] = {
	{"under sc", under_sc},
	{"under tso", under_tso},
	{"under rc11", under_rc11},
	{"graphs", graphs},
	{"graphs of plain writes", graphs_of_plain_writes},
	{"release sequences", release_sequences},
	{"remembered programs", remembered_programs},
	{"walks meet nothing else", walks_meet_nothing_else},
};
TESTS(tests)
