/* SPDX-License-Identifier: MIT */
/* An exploration whose memory ends, wherever it does, is an error: never less that was looked at.
 */
#include <errno.h>
#include <stdio.h>

#include "explore.h"
#include "check.h"
#include "explore_engine.h"
#include "scenarios.h"
#include "starve.h"

#define ALLOCATIONS_MAX 5000
#define WORDS_MAX 64
#define FEW_OUTCOMES "cpu1: create 0 ; cpu2: find 0"
#define MANY_OUTCOMES                                                                              \
	"cpu1: create 0, remove 0, create 1 ; cpu2: create 0, find 1, remove 0 ; "                 \
	"cpu3: find 0, find 1, create 1"

/* Executions, by their outcomes. */
static uint64_t counted(const struct explore_result *result)
{
	uint64_t count = 0;

	for (size_t i = 0; i < result->outcome_count; i++)
		count += result->outcomes[i].count;
	return count;
}

static void starve(const struct explore_input *input)
{
	struct explore_result result, whole;
	int64_t allocations = 0;
	int r;

	CHECK_EQ(exploration_run(input, &whole), 0);
	for (;;) {
		atomic_store(&allocations_left, allocations);
		r = exploration_run(input, &result);
		atomic_store(&allocations_left, PLENTY);
		if (!CHECK(r == 0 || r == -ENOMEM) || !r || allocations++ == ALLOCATIONS_MAX)
			break;
	}
	if (!CHECK(allocations > 20 && allocations < ALLOCATIONS_MAX && !r))
		printf("  strategy %u: %d after %lld allocations\n", input->strategy, r,
		       (long long)allocations);
	if (r)
		return;
	CHECK_EQ(result.executions, whole.executions);
	CHECK_EQ(result.outcome_count, whole.outcome_count);
	CHECK_EQ(counted(&result), counted(&whole));
	CHECK_EQ(result.fault_count, whole.fault_count);
	explore_result_free(&result);
	explore_result_free(&whole);
}

static void every_strategy(void)
{
	uint32_t words[WORDS_MAX];
	struct explore_input input = {.patches = PATCHES_WITHOUT(01),
				      .all_faults = true,
				      .look = true,
				      .executions_max = 300,
				      .preemptions_max = 1,
				      .programs = words};

	for (uint32_t i = 0; i < 2 * EXPLORE_STRATEGIES; i++) {
		uint32_t strategy = i / 2;
		/* Of many outcomes the table has to grow. */
		const char *text = strategy == EXPLORE_STICKY ? MANY_OUTCOMES : FEW_OUTCOMES;

		input.programs_len = scenario_words(text, words, WORDS_MAX);
		atomic_store(&recovers, i % 2);
		input.strategy = strategy;
		input.depth = strategy == EXPLORE_PCT ? 3 : 0;
		input.races = false;
		starve(&input);
		input.races = strategy != EXPLORE_STATEFUL;
		if (input.races)
			starve(&input);
	}
}

/* Replaying what was found takes memory, too. */
static void tickets(void)
{
	uint32_t words[WORDS_MAX];
	struct explore_input input = {.patches = PATCHES_WITHOUT(01), .programs = words};
	struct explore_result result;
	struct replayed replayed;
	enum ticket_error error;
	int64_t allocations = 0;
	int r;

	input.programs_len = scenario_words("cpu1: create 0 ; cpu2: create 0", words, WORDS_MAX);
	CHECK_EQ(exploration_run(&input, &result), 0);
	if (!CHECK(result.fault_count))
		return;
	do {
		atomic_store(&allocations_left, allocations);
		r = explore_replay(result.fault[0].ticket, &replayed, &error);
		atomic_store(&allocations_left, PLENTY);
	} while (CHECK(r == 0 || r == -ENOMEM) && r && allocations++ < ALLOCATIONS_MAX);
	CHECK(!r && allocations > 5);
	CHECK(replayed.trace.reproduced);
	replayed_free(&replayed);
	explore_result_free(&result);
}

static const struct test tests[] = {
	{"every strategy", every_strategy},
	{"tickets", tickets},
};

TESTS(tests)
