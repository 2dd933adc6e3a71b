/* SPDX-License-Identifier: MIT */
/* Scenario rounds: clean with every patch in, faulting with the right one left out. */
#include "left.h"
#include "run_kit.h"

static void scenarios_are_clean(void)
{
	for (unsigned int i = 0; i < scenario_count; i++) {
		struct run_input input = input_of(PATCHES_ALL, script_at(i));
		struct heard heard = {0};

		input.plan.duration_ms = 300;
		input.plan.perturb = i % 3;
		do
			run_through(&heard, &input);
		while (!heard.faults && !heard.totals.totals.rounds && run_longer(&heard, &input));
		CHECK_EQ(heard.faults, 0);
		CHECK(heard.totals.complete);
		CHECK(heard.totals.totals.rounds > 0);
		CHECK_EQ(heard.outcome_rounds, heard.totals.totals.rounds);
		CHECK_EQ(heard.forbidden_rounds, 0);
	}
}

/*
 * Run until a fault shows: yields and pauses in turns. Where code is slow and CPUs are idle, as
 * under ThreadSanitizer, either of them can miss a narrow window for half a minute.
 */
static void look_for(struct heard *heard, uint64_t patches, const char *scenario)
{
	for (unsigned int turn = 0; turn < 12; turn++) {
		struct run_input input = input_of(patches, script_named(scenario));

		input.plan.duration_ms = 5000;
		input.plan.stop_on_fault = 1;
		input.plan.seed += turn;
		input.plan.perturb = turn % 2 ? PERTURB_DELAY : PERTURB_YIELD;
		*heard = (struct heard){0};
		run_through(heard, &input);
		if (heard->kinds)
			return;
	}
}

/* Each as soon as it shows: the patches, the place, and the faults of which one must come. */
static void scenarios_fault(void)
{
	static const struct {
		uint64_t patches;
		const char *scenario;
		uint64_t kinds;
	} cases[] = {
#define KIND(id) (UINT64_C(1) << FAULT_##id)
		{PATCHES_WITHOUT(01), "create-create", KIND(MINOR_STOLEN) | KIND(DUPLICATE_MINOR)},
		{PATCHES_WITHOUT(02), "create-find",
		 KIND(USE_UNINITIALIZED) | KIND(INIT_OVERWRITE)},
		{PATCHES_WITHOUT(03), "remove-find", KIND(SLEEP_IN_ATOMIC)},
		{PATCHES_WITHOUT(03), "create-find", KIND(SLEEP_IN_ATOMIC)},
		{PATCHES_WITHOUT(04), "remove-get",
		 KIND(USE_AFTER_FREE) | KIND(REFCOUNT_RESURRECT) | KIND(DOUBLE_FREE) |
			 KIND(PUT_ON_FREEING)},
		{PATCHES_WITHOUT(05), "remove-open", KIND(OPEN_OF_FREEING) | KIND(USE_AFTER_FREE)},
		{PATCHES_WITHOUT(06), "remove-get",
		 KIND(USE_AFTER_FREE) | KIND(REFCOUNT_RESURRECT)},
		{PATCHES_WITHOUT(07), "get-unload", KIND(MODULE_UNLOADED_IN_USE)},
		{PATCHES_WITHOUT(08), "create-uevent",
		 KIND(ANNOUNCE_BEFORE_INIT) | KIND(USE_UNINITIALIZED) | KIND(INIT_OVERWRITE)},
		{PATCHES_MERGED, "remove-get", KIND(USE_AFTER_FREE) | KIND(REFCOUNT_RESURRECT)},
		{PATCHES_SERIES, "create-find", KIND(REFERENCE_LEAK)},
#undef KIND
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct heard heard = {0};

		look_for(&heard, cases[i].patches, cases[i].scenario);
		if (!CHECK(heard.kinds & cases[i].kinds))
			CHECK_EQ(i, -1); /* which case */
		CHECK(heard.forbidden_rounds > 0 || cases[i].patches == PATCHES_WITHOUT(03));
	}
}

static void rounds_are_counted(void)
{
	struct run_input input;
	struct heard heard = {0};

	input = input_of(PATCHES_ALL, script_named("remove-open"));
	input.plan.rounds = 777;
	input.plan.duration_ms = 0;
	input.plan.latency = 0;
	run_through(&heard, &input);
	CHECK_EQ(heard.totals.totals.rounds, 777);
	CHECK_EQ(heard.outcome_rounds, 777);
	CHECK_EQ(heard.totals.ops[OP_REMOVE].count, 777);
	CHECK_EQ(heard.totals.ops[OP_OPEN].count, 777);
	CHECK_EQ(heard.totals.ops[OP_OPEN].p50_ns, 0);
	CHECK_EQ(heard.totals.results_per_outcome, 4);
	CHECK_EQ(heard.measured[OP_OPEN], 0);
}

static void latencies_are_counted(void)
{
	struct run_input input;
	struct heard heard = {0};

	input = input_of(PATCHES_ALL, script_named("remove-open"));
	input.plan.rounds = 777;
	input.plan.duration_ms = 0;
	run_through(&heard, &input);
	CHECK_EQ(heard.measured[OP_REMOVE], 777);
	CHECK_EQ(heard.measured[OP_OPEN], 777);
	CHECK_EQ(heard.measured[OP_CREATE], heard.totals.ops[OP_CREATE].count);
	CHECK_EQ(heard.measured[OP_FIND], 0);
}

/* One device was created before, and is gone: module, then one place for a device. */
static void what_is_left_is_told(void)
{
	struct run_input input;
	struct heard heard = {0};

	input = input_of(PATCHES_ALL, script_named("remove-open"));
	input.look = true;
	input.plan.rounds = 777;
	input.plan.duration_ms = 0;
	run_through(&heard, &input);
	CHECK_EQ(heard.outcome_rounds, 777);
	CHECK_EQ(heard.totals.results_per_outcome, 4 + 1 + LEFT_DEVICE_NUMBERS);
	CHECK_EQ(heard.forbidden_rounds, 0);
}

static const struct test tests[] = {
	{"scenarios are clean with every patch", scenarios_are_clean},
	{"scenarios fault without the right one", scenarios_fault},
	{"rounds are counted", rounds_are_counted},
	{"latencies are counted", latencies_are_counted},
	{"what is left is reported", what_is_left_is_told},
};

TESTS(tests)
