/* SPDX-License-Identifier: MIT */
/* Storms: clean with every patch in; of faults they make thousands, and end all the same. */
#include "run_kit.h"

/* Or has a fault, which says more. */
static bool storm_was_busy(const struct heard *heard)
{
	return heard->faults ||
	       (heard->totals.totals.ops > 100 && heard->totals.ops[OP_CREATE].ok > 0);
}

static void storm_is_clean(void)
{
	static const uint64_t minors[] = {1, 8, 300};

	for (unsigned int i = 0; i < 3; i++) {
		struct run_input input = input_of(PATCHES_ALL, NULL);
		struct heard heard = {0};

		input.plan.minors = minors[i];
		input.plan.duration_ms = 700;
		input.plan.perturb = i;
		input.plan.seed = i + 1;
		do
			run_through(&heard, &input);
		while (!storm_was_busy(&heard) && run_longer(&heard, &input));
		CHECK_EQ(heard.faults, 0);
		CHECK(heard.totals.complete);
		CHECK(heard.totals.totals.ops > 100);
		CHECK(heard.totals.ops[OP_CREATE].ok > 0);
		CHECK(heard.progresses > 0);
	}
}

/* Thousands of faults and it ends as it should. */
static void storm_of_faults(void)
{
	struct run_input input = input_of(0, NULL);
	struct heard heard = {0};

	input.plan.duration_ms = 1500;
	do
		run_through(&heard, &input);
	while (heard.faults <= 10 && run_longer(&heard, &input));
	CHECK(heard.faults > 10);
	CHECK(heard.totals.complete);
}

/* Each patch left out of a storm. That it faults, and soon, is the scenarios' to show. */
static void storm_of_each(void)
{
	for (unsigned int no = 1; no <= 8; no++) {
		struct run_input input = input_of(PATCHES_ALL & ~PATCH_ROW_AT(no - 1), NULL);
		struct heard heard = {0};

		input.plan.duration_ms = 400;
		run_through(&heard, &input);
		CHECK(heard.totals.complete);
	}
}

static void storm_with_no_lock(void)
{
	struct run_input input = input_of(PATCHES_ALL, NULL);
	struct heard heard = {0};

	input.plan.lock = LOCK_ID_broken;
	input.plan.duration_ms = 30000;
	input.plan.stop_on_fault = 1;
	run_through(&heard, &input);
	CHECK_EQ(heard.kinds, UINT64_C(1) << FAULT_LOCK_MISUSE);
}

/*
 * Every lock as _minor_lock: clean with every patch; with 04 alone worlds are abandoned with the
 * lock held and waited for, and made anew in the same place.
 */
static void storm_under_each_lock(void)
{
	for (unsigned int lock = 0; lock < PLAN_LOCKS; lock++) {
		struct run_input input = input_of(PATCHES_ALL, NULL);
		struct heard clean = {0}, faulty = {0};

		if (lock == LOCK_ID_broken)
			continue;
		input.plan.lock = lock;
		input.plan.threads = 3;
		input.plan.duration_ms = 100;
		input.plan.watchdog_ms = 60000;
		do
			run_through(&clean, &input);
		while (!clean.faults && !clean.totals.totals.ops && run_longer(&clean, &input));
		CHECK_EQ(clean.faults, 0);
		CHECK(clean.totals.complete && clean.totals.totals.ops > 0);
		input.plan.patches = PATCH_ROW(04);
		run_through(&faulty, &input);
		CHECK(faulty.totals.complete);
		CHECK_EQ(faulty.kinds >> FAULT_LOCK_MISUSE & 1, 0);
	}
}

static void storm_with_failures(void)
{
	struct run_input input = input_of(PATCHES_ALL, NULL);
	struct heard heard = {0};

	input.plan.fail_layer = 300;
	input.plan.duration_ms = 400;
	run_through(&heard, &input);
	CHECK_EQ(heard.faults, 0);
	input.plan.fail_queue = 300;
	heard = (struct heard){0};
	run_through(&heard, &input);
	CHECK_EQ(heard.faults, 0);
	input.plan.patches = PATCHES_WITHOUT(R2);
	heard = (struct heard){0};
	do
		run_through(&heard, &input);
	while (!heard.faults && run_longer(&heard, &input));
	CHECK_EQ(heard.kinds, UINT64_C(1) << FAULT_MINOR_LEAK);
}

static void limits_end_it(void)
{
	struct run_input input = input_of(PATCHES_ALL, NULL);
	struct heard heard = {0};

	input.plan.ops = 20000;
	input.plan.duration_ms = 0;
	run_through(&heard, &input);
	CHECK(heard.totals.complete);
	CHECK(heard.totals.totals.ops >= 20000 && heard.totals.totals.ops < 30000);
	input = input_of(0, NULL);
	input.plan.max_faults = 5;
	input.plan.duration_ms = 60000;
	heard = (struct heard){0};
	run_through(&heard, &input);
	CHECK(heard.faults >= 5 && heard.faults < 200);
	CHECK(heard.totals.totals.elapsed_ns < UINT64_C(59000000000));
}

static const struct test tests[] = {
	{"a storm is clean with every patch", storm_is_clean},
	{"a storm of faults ends normally", storm_of_faults},
	{"a storm without each patch", storm_of_each},
	{"a lock that excludes nobody is caught", storm_with_no_lock},
	{"a storm under each lock", storm_under_each_lock},
	{"allocations that fail", storm_with_failures},
	{"limits end a run", limits_end_it},
};

TESTS(tests)
