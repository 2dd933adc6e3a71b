/* SPDX-License-Identifier: MIT */
/* The rows before and after 2006: each fault with the set that has it, and without after it. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "explore.h"
#include "explore_engine.h"
#include "scenarios.h"

#define WORDS_MAX 256
#define BIT(kind) (1u << FAULT_##kind)

/* Every fault of @programs under @patches, to the end; free the result. */
static struct explore_result run(const char *programs, uint64_t patches)
{
	uint32_t words[WORDS_MAX];
	struct explore_input input = {.patches = patches,
				      .all_faults = true,
				      .preemptions_max = UINT32_MAX,
				      .strategy = EXPLORE_STATEFUL,
				      .programs = words,
				      .programs_len = scenario_words(programs, words, WORDS_MAX)};
	struct explore_result result = {0};

	CHECK_EQ(exploration_run(&input, &result), 0);
	CHECK(result.exhausted);
	return result;
}

static const char *programs_of(const char *name)
{
	for (uint32_t i = 0; i < history_scenario_line_count; i++)
		if (history_scenario_table[i].name && !strcmp(history_scenario_table[i].name, name))
			return history_scenario_table[i].programs;
	return scenario_find(name)->programs;
}

/*
 * A row, the set that has its fault, and one that has not; `kinds` are all that the first can show,
 * and `preemptions` the fewest of any of them.
 */
static const struct {
	const char *scenario;
	uint64_t shown, cured;
	uint32_t preemptions, kinds;
} rows[] = {
	/* P1 */
	{"create-find", PATCHES_2_6_10, PATCHES_2_6_9, 1, BIT(USE_UNINITIALIZED)},
	/* P2 */
	{"read-inside", PATCHES_2_6_16, PATCHES_2_6_10, 2, BIT(USE_AFTER_FREE)},
	/* P3, also with the whole series in */
	{"number-first", PATCHES_2_6_10, PATCHES_2_6_16, 1, BIT(DUPLICATE_MINOR)},
	{"number-first", PATCHES_ALL | PATCH_ROW(P3), PATCHES_ALL, 1, BIT(DUPLICATE_MINOR)},
	/* R0 */
	{"read-inside", PATCHES_2_6_17, PATCHES_ALL, 2,
	 BIT(USE_AFTER_FREE) | BIT(REFCOUNT_RESURRECT)},
	/* R2, with 02 and without */
	{"queue-unwind", PATCHES_WITHOUT(R2), PATCHES_ALL, 0, BIT(MINOR_LEAK)},
	{"queue-unwind", PATCHES_NONE, PATCHES_2_6_9 | PATCH_ROW(R2), 0,
	 BIT(USE_UNINITIALIZED) | BIT(USE_AFTER_FREE) | BIT(MINOR_LEAK)},
	/* R10: the lookup by number of 2006, with references taken outside the lock */
	{"remove-find", PATCHES_2_6_36 & ~PATCH_ROW(R10), PATCHES_2_6_36, 2,
	 BIT(USE_AFTER_FREE) | BIT(GET_ON_FREEING)},
	/* P4 */
	{"event-names", PATCHES_2_6_32, PATCHES_2_6_19, 1, BIT(LOCK_MISUSE)},
	/* R8 */
	{"relock-remove-all", PATCHES_2_6_36 & ~PATCH_ROW(R8), PATCHES_2_6_36, 1, BIT(DEADLOCK)},
	/* R12: without R9 the reader may be the last, and waits for itself */
	{"sysfs", PATCHES_2_6_32, PATCHES_2_6_19, 1,
	 BIT(USE_AFTER_FREE) | BIT(REFCOUNT_RESURRECT) | BIT(DEADLOCK)},
	/* R12l, and R12w */
	{"sysfs", PATCHES_3_16, PATCHES_3_16 | PATCH_ROW(R12l), 1, BIT(GET_ON_FREEING)},
	{"sysfs", PATCHES_2_6_36 | PATCH_ROW(R12l),
	 PATCHES_2_6_36 | PATCH_ROW(R12l) | PATCH_ROW(R12w), 1, BIT(USE_AFTER_FREE)},
	/* R16 and R16q */
	{"own-queue", PATCHES_3_13, PATCHES_3_16, 0, BIT(DEADLOCK)},
	{"own-queue", PATCHES_3_13, PATCHES_2_6_36, 0, BIT(DEADLOCK)},
	/* R9: the thread that empties the world does not wait for a leak, and reports it */
	{"create-find", PATCHES_2_6_36 & ~PATCH_ROW(R3), PATCHES_2_6_36, 1, BIT(REFERENCE_LEAK)},
	/* R1: opens are refused once a removal has begun, and R9: so that none is waited for */
	{"open-count", PATCHES_2_6_36 & ~PATCH_ROW(05), PATCHES_2_6_36, 1, BIT(USE_AFTER_FREE)},
	/* R15, and R15o: the fix that made an AB-BA */
	{"suspend-locked", PATCHES_3_16, PATCHES_4_3, 1, BIT(HOOKS_OVERLAP)},
	{"suspend-locked", PATCHES_4_0, PATCHES_4_3, 1, BIT(DEADLOCK)},
	/* R22 */
	{"timer-stop", PATCHES_5_18, PATCHES_6_2, 1, BIT(POOL_OUTSTANDING)},
	/* P5, P6, P7, P8 */
	{"queue-late", PATCHES_4_15, PATCHES_5_15, 1, BIT(ANNOUNCE_BEFORE_INIT)},
	{"number-first", PATCHES_3_16 | PATCH_ROW(P6), PATCHES_3_16, 1, BIT(DUPLICATE_MINOR)},
	{"queue-peek", PATCHES_6_6, PATCHES_6_X, 1, BIT(USE_UNINITIALIZED)},
	{"swap-pools", PATCHES_5_15, PATCHES_5_18, 1, BIT(POOL_OUTSTANDING)},
	/* R13, P9, R24 */
	{"hold-busy", PATCHES_3_16, PATCHES_4_0, 1, BIT(GET_ON_FREEING)},
	{"disk-error", PATCHES_6_6 | PATCH_ROW(P9), PATCHES_6_6, 0, BIT(PLACEHOLDER_DEREF)},
	{"deps-locked", PATCHES_6_2, PATCHES_6_6, 2, BIT(USE_AFTER_FREE)},
};

static void each_row(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *programs = programs_of(rows[i].scenario);
		struct explore_result shown = run(programs, rows[i].shown);
		struct explore_result cured = run(programs, rows[i].cured);
		uint32_t fewest = UINT32_MAX;

		for (size_t k = 0; k < shown.fault_count; k++) {
			CHECK(shown.fault[k].minimal);
			if (shown.fault[k].preemptions < fewest)
				fewest = shown.fault[k].preemptions;
		}
		if (shown.fault_kinds != rows[i].kinds || cured.fault_kinds ||
		    fewest != rows[i].preemptions)
			printf("  %s, row %zu\n", rows[i].scenario, i);
		CHECK_EQ(shown.fault_kinds, rows[i].kinds);
		CHECK_EQ(cured.fault_kinds, 0);
		CHECK_EQ(fewest, rows[i].preemptions);
		explore_result_free(&shown);
		explore_result_free(&cured);
	}
}

static const struct test tests[] = {
	{"each row shows its fault, and not when it is over", each_row},
};
TESTS(tests)
