/* SPDX-License-Identifier: MIT */
/* Every end says what threads leave behind, and an end that is refused is found again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"
#include "check.h"
#include "explore_engine.h"
#include "left.h"
#include "scenarios.h"

#define WORDS_MAX 256

/* Explore @text with every patch, all faults; free the result. */
static struct explore_result look_at(const char *text, uint32_t strategy, const int32_t *refused,
				     size_t refused_len)
{
	uint32_t words[WORDS_MAX];
	struct explore_input input = {.patches = PATCHES_ALL,
				      .strategy = strategy,
				      .preemptions_max = UINT32_MAX,
				      .all_faults = true,
				      .programs = words,
				      .look = true,
				      .refused = refused,
				      .refused_len = refused_len};
	struct explore_result result = {0};

	input.programs_len = scenario_words(text, words, WORDS_MAX);
	CHECK_EQ(exploration_run(&input, &result), 0);
	return result;
}

static const struct outcome *find_end(const struct explore_result *result, const int32_t *end)
{
	size_t bytes = result->results_per_outcome * sizeof(*end);

	for (size_t i = 0; i < result->outcome_count; i++)
		if (!memcmp(result->outcomes[i].results, end, bytes))
			return &result->outcomes[i];
	return NULL;
}

/*
 * A create that meets a remove: the device is gone, or it is there with its cell's reference, and
 * has one on the module.
 */
static const char meeting[] = "cpu1: create 0 ; cpu2: remove 0";
static const int32_t meeting_gone[] = {0, 0, 0, -1, 0, 0, 0};
static const int32_t meeting_there[] = {0, -ENXIO, 1, 0, 1, 1, 0};

static void devices_are_told(void)
{
	struct explore_result result = look_at(meeting, EXPLORE_PORTFOLIO, NULL, 0);

	CHECK_EQ(result.fault_kinds, 0);
	CHECK(result.exhausted);
	CHECK_EQ(result.outcome_count, 2);
	CHECK_EQ(result.results_per_outcome, 7);
	CHECK(find_end(&result, meeting_gone));
	CHECK(find_end(&result, meeting_there));
	explore_result_free(&result);
}

/* Two devices by rising minor, one with an event; a reference held in `before` is given back. */
static void several_devices_are_told(void)
{
	static const char text[] =
		"before: create 3, get 3 ; cpu1: create 1, event 1 ; cpu2: find 3";
	static const int32_t end[] = {1, 0, 0, /* module */ 2, 1, 1, 1, 1, 3, 1, 1, 0};
	struct explore_result result = look_at(text, EXPLORE_DPOR, NULL, 0);

	CHECK(result.exhausted);
	CHECK_EQ(result.results_per_outcome, 12);
	CHECK(find_end(&result, end));
	explore_result_free(&result);
}

static void the_module_is_told(void)
{
	static const int32_t gone[] = {0, 0, LEFT_MODULE_GONE, -1, 0, 0, 0};
	static const int32_t busy[] = {0, -EBUSY, 1, 0, 1, 1, 0};
	static const int32_t late[] = {-ENODEV, 0, LEFT_MODULE_GONE, -1, 0, 0, 0};
	struct explore_result result =
		look_at("cpu1: create 0 ; cpu2: unload", EXPLORE_DPOR, NULL, 0);

	CHECK(!find_end(&result, gone));
	CHECK(find_end(&result, busy));
	CHECK(find_end(&result, late));
	explore_result_free(&result);
}

/* Searches that are complete agree on the set of ends. */
static void complete_searches_agree(void)
{
	static const char *const texts[] = {
		meeting,
		"cpu1: create 0 ; cpu2: create 0",
		"cpu1: create 0, event 0 ; cpu2: remove 0",
		"before: create 0 ; cpu1: remove 0 ; cpu2: open 0, close 0 ; cpu3: create 1",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct explore_result a = look_at(texts[i], EXPLORE_DPOR, NULL, 0);
		struct explore_result b = look_at(texts[i], EXPLORE_STATEFUL, NULL, 0);

		CHECK(a.exhausted && b.exhausted);
		CHECK(a.outcome_count > 1);
		CHECK_EQ(a.outcome_count, b.outcome_count);
		for (size_t k = 0; k < a.outcome_count; k++)
			CHECK(find_end(&b, a.outcomes[k].results));
		explore_result_free(&a);
		explore_result_free(&b);
	}
}

/* Found by what is complete, graded, at its fewest preemptions, with a ticket that leads there. */
static void a_refused_end_is_a_fault(void)
{
	static const uint32_t strategies[] = {EXPLORE_PORTFOLIO, EXPLORE_DFS, EXPLORE_DPOR,
					      EXPLORE_STATEFUL};

	for (size_t i = 0; i < sizeof(strategies) / sizeof(strategies[0]); i++) {
		struct explore_result result = look_at(meeting, strategies[i], meeting_gone, 7);
		const struct found_fault *fault = &result.fault[0];
		const struct outcome *refused = find_end(&result, meeting_gone);
		const struct outcome *other = find_end(&result, meeting_there);
		enum ticket_error error;
		struct replayed replayed;

		CHECK_EQ(result.fault_count, 1);
		CHECK_EQ(fault->kind, FAULT_CHECK);
		CHECK_EQ(fault->cpu, 2);
		CHECK(fault->minimal);
		CHECK_EQ(fault->preemptions, 0);
		CHECK(refused && refused->grade == GRADE_FORBIDDEN);
		CHECK(other && other->grade != GRADE_FORBIDDEN);
		CHECK_EQ(explore_replay(fault->ticket, &replayed, &error), 0);
		CHECK_EQ(replayed.trace.fault, FAULT_CHECK);
		CHECK_EQ(replayed.end_len, 7);
		CHECK_EQ(memcmp(replayed.end, meeting_gone, sizeof(meeting_gone)), 0);
		replayed_free(&replayed);
		explore_result_free(&result);
	}
}

/* A refused end that never happens is not a fault; an end has to be refused as a whole. */
static void other_ends_are_not(void)
{
	static const int32_t never[] = {0, 0, 0, 0, 1, 1, 0};
	struct explore_result result = look_at(meeting, EXPLORE_STATEFUL, never, 7);
	uint32_t words[WORDS_MAX];
	struct explore_input input = {.patches = PATCHES_ALL,
				      .programs = words,
				      .look = true,
				      .refused = never,
				      .refused_len = 6};

	CHECK_EQ(result.fault_kinds, 0);
	CHECK(result.exhausted);
	explore_result_free(&result);
	input.programs_len = scenario_words(meeting, words, WORDS_MAX);
	CHECK_EQ(exploration_run(&input, &result), -EINVAL);
	input.look = false;
	input.refused_len = 7;
	CHECK_EQ(exploration_run(&input, &result), -EINVAL);
}

/* An execution that faults before its end leaves nothing that could be reported. */
static void faults_have_no_end(void)
{
	uint32_t words[WORDS_MAX];
	struct explore_input input = {.patches = PATCHES_WITHOUT(07),
				      .strategy = EXPLORE_DPOR,
				      .all_faults = true,
				      .programs = words,
				      .look = true};
	struct explore_result result;
	uint32_t unknown = 0;

	input.programs_len = scenario_words("before: create 0 ; cpu1: get 0, put 0 ; cpu2: unload",
					    words, WORDS_MAX);
	CHECK_EQ(exploration_run(&input, &result), 0);
	CHECK_EQ(result.fault_kinds, 1u << FAULT_MODULE_UNLOADED_IN_USE);
	for (size_t i = 0; i < result.outcome_count; i++) {
		const struct outcome *outcome = &result.outcomes[i];
		bool is_unknown = outcome->results[3] == LEFT_UNKNOWN;

		unknown += is_unknown;
		CHECK_EQ(is_unknown, outcome->grade == GRADE_FORBIDDEN);
	}
	CHECK(unknown && unknown < result.outcome_count);
	explore_result_free(&result);
}

static const struct test tests[] = {
	{"devices are reported", devices_are_told},
	{"several devices are reported", several_devices_are_told},
	{"the module is reported", the_module_is_told},
	{"complete searches agree", complete_searches_agree},
	{"a refused end is a fault", a_refused_end_is_a_fault},
	{"other ends are not", other_ends_are_not},
	{"faults have no end", faults_have_no_end},
};
TESTS(tests)
