/* SPDX-License-Identifier: MIT */
/*
 * Random litmus tests: the engine against the axioms, by every strategy that claims to be complete:
 * outcomes, data races, and under rc11 the number of execution graphs. DMTORTURE_PROGRAMS in the
 * environment says how many; there are 1,000 otherwise. DMTORTURE_SEED: of other programs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "engine.h"
#include "oracle.h"
#include "programs.h"

#define PROGRAMS 1000
#define SHOWN 5

static struct verdict verdict;
static struct litmus_run run;
static uint32_t wrong;

static void differ(const struct litmus *l, const struct explore_plan *plan, const char *what)
{
	char text[LITMUS_TEXT];

	if (wrong++ >= SHOWN)
		return;
	litmus_print(l, text);
	printf("  %s: %s, %s by %s%s: %u outcomes, %llu graphs, races %u; axioms: %u, %llu, %u\n",
	       what, text, explore_memory_name(plan->memory), explore_strategy_name(plan->strategy),
	       plan->c11_sequences ? " as C11" : "", run.outcomes.count,
	       (unsigned long long)run.graphs, run.races, verdict.outcomes.count,
	       (unsigned long long)verdict.graphs, verdict.races);
}

/* Whether @verdict is @run by @plan; counts and shows it otherwise. */
static void compare(const struct litmus *l, struct explore_plan plan)
{
	plan.collect = plan.strategy == EXPLORE_DFS && plan.memory == EXPLORE_RC11;
	litmus_explore(l, plan, &run);
	if (!run.exhausted)
		differ(l, &plan, "not exhausted");
	else if (run.other_faults)
		differ(l, &plan, "faults");
	else if (run.races != verdict.races)
		differ(l, &plan, "data races");
	else if (!outcomes_are(&run.outcomes, &verdict.outcomes))
		differ(l, &plan, "outcomes");
	else if (plan.collect && run.graphs != verdict.graphs)
		differ(l, &plan, "graphs");
}

static void compare_all(const struct litmus *l, enum explore_memory memory, enum axioms axioms,
			bool c11_sequences)
{
	oracle(l, axioms, c11_sequences, &verdict);
	if (verdict.outcomes.full)
		return;
	for (uint32_t k = 0; k < LITMUS_STRATEGIES; k++)
		compare(l, (struct explore_plan){.strategy = litmus_strategy[k],
						 .memory = memory,
						 .c11_sequences = c11_sequences});
}

static void seed(uint64_t more)
{
	const char *asked = getenv("DMTORTURE_SEED");

	litmus_seed((asked ? strtoull(asked, NULL, 10) : 0) * 2 + more);
	wrong = 0;
}

static void random_programs(void)
{
	uint32_t programs = litmus_programs(PROGRAMS), weaker = 0;
	uint64_t sc_outcomes;

	seed(0);
	for (uint32_t i = 0; i < programs; i++) {
		struct litmus l = random_litmus(false);

		compare_all(&l, EXPLORE_SC, AXIOMS_SC, false);
		sc_outcomes = verdict.outcomes.count;
		compare_all(&l, EXPLORE_TSO, AXIOMS_TSO, false);
		compare_all(&l, EXPLORE_RC11, AXIOMS_RC11, i & 1);
		weaker += verdict.outcomes.count > sc_outcomes;
	}
	printf("  %u programs, %u of them weaker under rc11, %u differences\n", programs, weaker,
	       wrong);
	CHECK(programs > 0);
	CHECK_EQ(wrong, 0);
}

/* Plain accesses: no model but that of C11 has data races. */
static void plain_accesses(void)
{
	uint32_t programs = (litmus_programs(PROGRAMS) + 1) / 2, racing = 0;

	seed(1);
	for (uint32_t i = 0; i < programs; i++) {
		struct litmus l = random_litmus(true);

		compare_all(&l, EXPLORE_RC11, AXIOMS_RC11, i & 1);
		racing += verdict.races;
	}
	printf("  %u programs, %u of them with a data race, %u differences\n", programs, racing,
	       wrong);
	CHECK(racing * 10 > programs);
	CHECK_EQ(wrong, 0);
}

static const struct test tests[] = {
	{"random programs", random_programs},
	{"plain accesses", plain_accesses},
};
TESTS(tests)
