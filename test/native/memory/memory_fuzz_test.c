/* SPDX-License-Identifier: MIT */
/*
 * Random litmus tests: the engine against the axioms, by every strategy that claims to be complete:
 * outcomes, data races, and under rc11 the number of execution graphs. DMTORTURE_PROGRAMS in the
 * environment says how many; there are 1,000 otherwise. DMTORTURE_SEED: of other programs. What
 * differs is shown as small as it gets.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "litmus_run.h"
#include "oracle.h"
#include "litmus_random.h"

#define PROGRAMS 1000
#define SHOWN 5

/* How a program is looked at. */
struct look {
	struct explore_plan plan;
	enum axioms axioms;
};

static struct verdict verdict;
static struct litmus_run run;
static uint32_t wrong;

/* What differs between @verdict and @run; NULL: nothing. */
static const char *difference(const struct explore_plan *plan)
{
	if (!run.exhausted)
		return "not exhausted";
	if (run.other_faults)
		return "faults";
	if (run.races != verdict.races)
		return "data races";
	if (!outcomes_are(&run.outcomes, &verdict.outcomes))
		return "outcomes";
	return plan->collect && run.graphs != verdict.graphs ? "graphs" : NULL;
}

static const char *judge(const struct litmus *l, const struct look *look)
{
	oracle(l, look->axioms, look->plan.c11_sequences, &verdict);
	if (verdict.outcomes.full)
		return NULL;
	litmus_explore(l, look->plan, &run);
	return difference(&look->plan);
}

/* @l without operation @at of thread @t. */
static bool cut(const struct litmus *l, uint32_t t, uint32_t at, struct litmus *shorter)
{
	char text[LITMUS_TEXT];

	*shorter = *l;
	if (--shorter->length[t]) {
		memmove(&shorter->op[t][at], &shorter->op[t][at + 1],
			(shorter->length[t] - at) * sizeof(l->op[t][0]));
	} else {
		shorter->threads--;
		for (uint32_t i = t; i < shorter->threads; i++) {
			shorter->length[i] = l->length[i + 1];
			memcpy(shorter->op[i], l->op[i + 1], sizeof(l->op[i]));
		}
	}
	/* Places and registers are counted anew. */
	litmus_print(shorter, text);
	return litmus_parse(text, shorter);
}

/* As small as it gets with some difference left. */
static struct litmus shrink(struct litmus l, const struct look *look)
{
	struct litmus shorter;

	for (bool smaller = true; smaller;) {
		smaller = false;
		for (uint32_t t = 0; t < l.threads && !smaller; t++)
			for (uint32_t i = 0; i < l.length[t] && !smaller; i++)
				if (cut(&l, t, i, &shorter) && judge(&shorter, look)) {
					l = shorter;
					smaller = true;
				}
	}
	return l;
}

static void show(const struct litmus *l, const struct look *look)
{
	const struct litmus small = shrink(*l, look);
	const char *what = judge(&small, look);
	char text[LITMUS_TEXT];

	litmus_print(&small, text);
	printf("  %s: %s, %s by %s%s: %u outcomes, %llu graphs, races %u; axioms: %u, %llu, %u\n",
	       what ? what : "not again", text, explore_memory_name(look->plan.memory),
	       explore_strategy_name(look->plan.strategy),
	       look->plan.c11_sequences ? " as C11" : "", run.outcomes.count,
	       (unsigned long long)run.graphs, run.races, verdict.outcomes.count,
	       (unsigned long long)verdict.graphs, verdict.races);
}

static void compare(const struct litmus *l, enum explore_memory memory, enum axioms axioms,
		    bool c11_sequences)
{
	for (uint32_t k = 0; k < LITMUS_STRATEGIES; k++) {
		const struct look look = {.plan = {.strategy = litmus_strategy[k],
						   .memory = memory,
						   .collect = litmus_strategy[k] == EXPLORE_DFS &&
							      memory == EXPLORE_RC11,
						   .c11_sequences = c11_sequences},
					  .axioms = axioms};

		if (judge(l, &look) && wrong++ < SHOWN)
			show(l, &look);
	}
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

	seed(0);
	for (uint32_t i = 0; i < programs; i++) {
		struct litmus l = random_litmus(false);
		uint32_t outcomes;

		compare(&l, EXPLORE_SC, AXIOMS_SC, false);
		outcomes = verdict.outcomes.count;
		compare(&l, EXPLORE_TSO, AXIOMS_TSO, false);
		compare(&l, EXPLORE_RC11, AXIOMS_RC11, i & 1);
		weaker += verdict.outcomes.count > outcomes;
	}
	printf("  %u programs, %u of them weaker under rc11, %u differences\n", programs, weaker,
	       wrong);
	CHECK(programs > 0);
	CHECK(weaker * 4 > programs);
	CHECK_EQ(wrong, 0);
}

/* Plain accesses: no model but that of C11 has data races. */
static void plain_accesses(void)
{
	uint32_t programs = (litmus_programs(PROGRAMS) + 1) / 2, racing = 0;

	seed(1);
	for (uint32_t i = 0; i < programs; i++) {
		struct litmus l = random_litmus(true);

		compare(&l, EXPLORE_RC11, AXIOMS_RC11, i & 1);
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
