/* SPDX-License-Identifier: MIT */
/* The device mapper under the explorer: what protocol.md says of each patch has to come out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dm_model.h"
#include "check.h"
#include "explore_engine.h"
#include "scenarios.h"
#include "schedule.h"

#define WORDS_MAX 256
#define MATRIX_SCENARIOS 15 /* those of scenarios.def; the rest has four threads */
#define BIT(kind) (1u << FAULT_##kind)

static struct explore_input input_for(const char *name, uint64_t patches, uint32_t *words)
{
	struct explore_input input = {.patches = patches,
				      .all_faults = true,
				      .preemptions_max = UINT32_MAX,
				      .programs = words};

	for (uint32_t i = 0; i < scenario_count; i++)
		if (!strcmp(scenarios[i].name, name))
			input.programs_len =
				scenario_words(scenarios[i].programs, words, WORDS_MAX);
	return input;
}

/* Complete with the strategy; free the result. */
static struct explore_result run(const char *name, uint64_t patches, uint32_t strategy)
{
	uint32_t words[WORDS_MAX];
	struct explore_input input = input_for(name, patches, words);
	struct explore_result result = {0};

	input.strategy = strategy;
	CHECK_EQ(exploration_run(&input, &result), 0);
	return result;
}

static void all_patches_are_clean(void)
{
	for (uint32_t i = 0; i < scenario_count; i++) {
		struct explore_result result =
			run(scenarios[i].name, PATCHES_ALL, EXPLORE_PORTFOLIO);

		if (result.fault_kinds || !result.exhausted)
			printf("  %s\n", scenarios[i].name);
		CHECK_EQ(result.fault_kinds, 0);
		CHECK(result.exhausted);
		explore_result_free(&result);
	}
}

/* A ticket replays to the fault it was written for, and to the same trace every time. */
static void replay(const struct found_fault *fault)
{
	struct replayed replayed[2];
	enum ticket_error error;
	char *text[2];

	for (int i = 0; i < 2; i++) {
		const struct trace *trace = &replayed[i].trace;

		CHECK_EQ(explore_replay(fault->ticket, &replayed[i], &error), 0);
		CHECK(trace->reproduced && trace->faulted);
		CHECK_EQ(trace->fault, fault->kind);
		CHECK_EQ(trace->preemptions, fault->preemptions);
		CHECK_EQ(replayed[i].ticket.fault, fault->kind);
		text[i] = trace_diagram(trace, 60, true);
	}
	CHECK_TEXT(text[0], text[1]);
	for (int i = 0; i < 2; i++) {
		free(text[i]);
		replayed_free(&replayed[i]);
	}
}

/* One patch left out: the fewest preemptions of any of its faults, see explorer.md. */
static const struct {
	uint64_t patches;
	const char *scenario;
	uint32_t preemptions, kinds;
} left_out[] = {
	{PATCHES_WITHOUT(01), "create-create", 1, BIT(MINOR_STOLEN) | BIT(DUPLICATE_MINOR)},
	{PATCHES_WITHOUT(02), "create-find", 1, BIT(USE_UNINITIALIZED)},
	{PATCHES_WITHOUT(03), "create-create", 0, BIT(SLEEP_IN_ATOMIC)},
	{PATCHES_WITHOUT(04), "remove-get", 1, BIT(REFCOUNT_RESURRECT)},
	{PATCHES_WITHOUT(05), "remove-open", 1, BIT(OPEN_OF_FREEING) | BIT(USE_AFTER_FREE)},
	{PATCHES_WITHOUT(06), "remove-get", 1, BIT(USE_AFTER_FREE) | BIT(REFCOUNT_RESURRECT)},
	{PATCHES_WITHOUT(06), "clash-find", 2, BIT(USE_AFTER_FREE)},
	{PATCHES_WITHOUT(06), "remove-find-open", 2, BIT(USE_AFTER_FREE)},
	{PATCHES_WITHOUT(07), "get-unload", 1, BIT(MODULE_UNLOADED_IN_USE)},
	{PATCHES_WITHOUT(08), "create-uevent", 1, BIT(ANNOUNCE_BEFORE_INIT) | BIT(INIT_OVERWRITE)},
	{PATCHES_MERGED, "remove-get", 1, BIT(USE_AFTER_FREE) | BIT(REFCOUNT_RESURRECT)},
	{PATCHES_SERIES, "create-find", 1, BIT(REFERENCE_LEAK)},
};

static void each_patch_left_out(void)
{
	for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++) {
		struct explore_result result =
			run(left_out[i].scenario, left_out[i].patches, EXPLORE_STATEFUL);
		uint32_t fewest = UINT32_MAX;

		CHECK_EQ(result.fault_kinds, left_out[i].kinds);
		CHECK(result.exhausted);
		for (size_t k = 0; k < result.fault_count; k++) {
			CHECK(result.fault[k].minimal);
			if (result.fault[k].preemptions < fewest)
				fewest = result.fault[k].preemptions;
			replay(&result.fault[k]);
		}
		CHECK_EQ(fewest, left_out[i].preemptions);
		explore_result_free(&result);
	}
}

/* Every strategy finds the fault that a scenario has, the complete ones end. */
static void strategies_find_it(void)
{
	for (uint32_t s = EXPLORE_PORTFOLIO; s < EXPLORE_STRATEGIES; s++) {
		uint32_t words[WORDS_MAX];
		struct explore_input input = input_for("remove-get", PATCHES_WITHOUT(06), words);
		struct explore_result result;

		input.strategy = s;
		input.all_faults = false;
		CHECK_EQ(exploration_run(&input, &result), 0);
		CHECK_EQ(result.fault_count, 1);
		CHECK_EQ(result.fault[0].preemptions, 1);
		explore_result_free(&result);
	}
}

/* What `expects` in scenarios.def says of each scenario when one patch is left out. */
static const struct {
	const char *scenario;
	struct {
		uint32_t patch, kinds;
	} without[6];
} seeded[] = {
	{"create-find", {{2, BIT(USE_UNINITIALIZED)}}},
	{"create-get", {{2, BIT(USE_UNINITIALIZED)}}},
	{"remove-find", {{4, BIT(REFCOUNT_RESURRECT)}}},
	{"clash-find",
	 {{2, BIT(USE_UNINITIALIZED)}, {4, BIT(REFCOUNT_RESURRECT)}, {6, BIT(USE_AFTER_FREE)}}},
	{"remove-get",
	 {{4, BIT(REFCOUNT_RESURRECT)}, {6, BIT(USE_AFTER_FREE) | BIT(REFCOUNT_RESURRECT)}}},
	{"remove-open",
	 {{4, BIT(OPEN_OF_FREEING)}, {5, BIT(OPEN_OF_FREEING) | BIT(USE_AFTER_FREE)}}},
	{"create-create", {{1, BIT(MINOR_STOLEN) | BIT(DUPLICATE_MINOR)}}},
	{"create-uevent", {{8, BIT(ANNOUNCE_BEFORE_INIT) | BIT(INIT_OVERWRITE)}}},
	{"create-unload", {{3, BIT(SLEEP_IN_ATOMIC)}}},
	{"get-unload", {{7, BIT(MODULE_UNLOADED_IN_USE)}}},
	{"remove-find-open",
	 {{4, BIT(REFCOUNT_RESURRECT) | BIT(OPEN_OF_FREEING)},
	  {5, BIT(USE_AFTER_FREE) | BIT(OPEN_OF_FREEING)},
	  {6, BIT(USE_AFTER_FREE)}}},
	{"open-open-remove",
	 {{4, BIT(OPEN_OF_FREEING)}, {5, BIT(OPEN_OF_FREEING) | BIT(USE_AFTER_FREE)}}},
	{"open-remove-unload",
	 {{4, BIT(OPEN_OF_FREEING)}, {5, BIT(OPEN_OF_FREEING) | BIT(USE_AFTER_FREE)}}},
	{"create-find-uevent",
	 {{2, BIT(USE_UNINITIALIZED)}, {8, BIT(ANNOUNCE_BEFORE_INIT) | BIT(INIT_OVERWRITE)}}},
	{"recycle-get-uevent",
	 {{2, BIT(USE_UNINITIALIZED)},
	  {4, BIT(REFCOUNT_RESURRECT) | BIT(OPEN_OF_FREEING)},
	  {5, BIT(USE_AFTER_FREE) | BIT(OPEN_OF_FREEING)},
	  {6, BIT(USE_AFTER_FREE) | BIT(REFCOUNT_RESURRECT)},
	  {8, BIT(ANNOUNCE_BEFORE_INIT) | BIT(INIT_OVERWRITE)}}},
	{"remove-find-open-get",
	 {{4, BIT(REFCOUNT_RESURRECT) | BIT(OPEN_OF_FREEING)},
	  {5, BIT(USE_AFTER_FREE) | BIT(OPEN_OF_FREEING)},
	  {6, BIT(USE_AFTER_FREE) | BIT(REFCOUNT_RESURRECT)}}},
	{"create-find-uevent-remove",
	 {{2, BIT(USE_UNINITIALIZED)},
	  {4, BIT(REFCOUNT_RESURRECT) | BIT(OPEN_OF_FREEING)},
	  {5, BIT(USE_AFTER_FREE) | BIT(OPEN_OF_FREEING)},
	  {6, BIT(USE_AFTER_FREE)},
	  {8, BIT(ANNOUNCE_BEFORE_INIT) | BIT(INIT_OVERWRITE)}}},
};

/* Kinds that @strategy finds in @programs, with @patches; it must come to its end. */
static uint32_t exhaust(const struct program_set *programs, uint64_t patches,
			enum explore_strategy strategy)
{
	static struct dm_model model;
	struct dm_setup setup = {.patches = patches};
	struct explore_plan plan = {.strategy = strategy, .all_faults = true};
	struct explore_report report;

	dm_model_init(&model, programs, &setup);
	CHECK_EQ(explore(&model.model, &plan, &report), 0);
	CHECK(report.exhausted);
	explore_report_free(&report);
	return report.fault_kinds;
}

/*
 * The run that says "clean" of a scenario is worth as much as the same run is with a patch left
 * out: it has to find what that patch prevents, and nothing else. DPOR of four threads takes too
 * long; of three it is asked once.
 */
static void every_exhaustive_run_rediscovers(void)
{
	CHECK_EQ(sizeof(seeded) / sizeof(seeded[0]), scenario_count);
	for (uint32_t i = 0; i < scenario_count; i++) {
		struct program_set programs = scenario_named(seeded[i].scenario);

		CHECK_EQ(exhaust(&programs, PATCHES_ALL, EXPLORE_STATEFUL), 0);
		CHECK(seeded[i].without[0].patch);
		for (uint32_t k = 0; k < 6 && seeded[i].without[k].patch; k++) {
			uint64_t patches =
				PATCHES_ALL & ~PATCH_ROW_AT(seeded[i].without[k].patch - 1);
			uint32_t kinds = seeded[i].without[k].kinds;

			CHECK_EQ(exhaust(&programs, patches, EXPLORE_STATEFUL), kinds);
			if (programs.cpus == 2 || (programs.cpus == 3 && !k))
				CHECK_EQ(exhaust(&programs, patches, EXPLORE_DPOR), kinds);
		}
		program_set_free(&programs);
	}
}

static void exactly_one_subset_is_clean(void)
{
	static struct matrix_cell cells[256 * MATRIX_SCENARIOS];
	static uint32_t words[MATRIX_SCENARIOS][WORDS_MAX];
	static uint64_t masks[256];
	struct matrix_scenario table[MATRIX_SCENARIOS];
	struct matrix_input input = {.scenarios = table,
				     .scenario_count = MATRIX_SCENARIOS,
				     .masks = masks,
				     .mask_count = 256};
	uint32_t clean = 0;

	for (uint32_t i = 0; i < MATRIX_SCENARIOS; i++) {
		table[i].programs = words[i];
		table[i].programs_len = scenario_words(scenarios[i].programs, words[i], WORDS_MAX);
	}
	for (uint32_t i = 0; i < 256; i++)
		masks[i] = (PATCHES_ALL & ~PATCHES_SERIES) | i;
	CHECK_EQ(explore_matrix(&input, cells), 0);
	for (uint64_t mask = 0; mask < 256; mask++) {
		uint32_t kinds = 0;

		for (uint32_t i = 0; i < MATRIX_SCENARIOS; i++) {
			CHECK(cells[mask * MATRIX_SCENARIOS + i].exhausted);
			kinds |= cells[mask * MATRIX_SCENARIOS + i].fault_kinds;
		}
		if (!kinds) {
			clean++;
			CHECK_EQ(masks[mask], PATCHES_ALL);
		}
	}
	CHECK_EQ(clean, 1);
}

/* DPOR and stateful search, on every two-thread cell of the eight with find-put. */
static void searches_agree_on_cells(void)
{
	static struct dm_model model;
	uint32_t wrong = 0, redundant = 0;

	for (uint32_t i = 0; i < scenario_count; i++) {
		struct program_set programs = scenario_named(scenarios[i].name);

		for (uint64_t mask = 0; programs.cpus == 2 && mask < 256; mask++) {
			struct dm_setup setup = {.patches = PATCH_ROW(R3) | mask};
			struct explore_plan plan = {.all_faults = true, .collect = true};
			struct explore_report dpor, states;
			int r;

			dm_model_init(&model, &programs, &setup);
			plan.strategy = EXPLORE_DPOR;
			r = explore(&model.model, &plan, &dpor);
			plan.strategy = EXPLORE_STATEFUL;
			explore(&model.model, &plan, &states);
			wrong += dpor.fault_kinds != states.fault_kinds ||
				 dpor.finals_hash != states.finals_hash;
			/* Where `before` fails there are no executions to count. */
			redundant += !r && dpor.executions - dpor.blocked != dpor.traces;
			explore_report_free(&dpor);
			explore_report_free(&states);
		}
		program_set_free(&programs);
	}
	CHECK_EQ(wrong, 0);
	CHECK_EQ(redundant, 0);
}

static int choose_randomly(void *context, uint32_t enabled)
{
	uint64_t *state = context;

	for (;;) {
		*state ^= *state << 13;
		*state ^= *state >> 7;
		*state ^= *state << 17;
		if (enabled >> (*state >> 32) % EXPLORE_THREADS_MAX & 1)
			return (int)((*state >> 32) % EXPLORE_THREADS_MAX);
	}
}

/* What an execution did, as one number: accesses, values, faults. */
static uint64_t events_of(const struct fibers *f)
{
	uint64_t hash = fibers_mix(f->length, f->fault_kinds);

	for (uint32_t i = 0; i < f->length; i++) {
		const struct access *a = &f->trace[i];

		hash = fibers_mix(hash, (uint64_t)a->place << 16 | a->kind << 8 | a->cpu);
		hash = fibers_mix(hash, (uintptr_t)a->site);
	}
	for (uint32_t cpu = 0; cpu + 1 < f->cpus; cpu++)
		hash = fibers_mix(hash, fiber_task(&f->fiber[cpu])->history);
	return hash;
}

/* A schedule taken from one execution gives the same events in another, and on another stage. */
static void every_schedule_twice(void)
{
	static struct dm_model model;
	uint64_t state = 88172645463325252u;
	uint32_t differ = 0;

	for (uint32_t i = 0; i < scenario_count; i++) {
		struct program_set programs = scenario_named(scenarios[i].name);
		struct dm_setup setup = {.patches = i % 2 ? PATCHES_ALL : 0};
		struct stage one, other;

		dm_model_init(&model, &programs, &setup);
		CHECK_EQ(stage_open(&one, &model.model, 0), 0);
		CHECK_EQ(stage_open(&other, &model.model, 0), 0);
		one.fibers->hot.hashing = other.fibers->hot.hashing = true;
		for (uint32_t k = 0; k < 500; k++) {
			struct schedule schedule;
			uint32_t preemptions;
			uint64_t events;

			one.fibers->choose = choose_randomly;
			one.fibers->strategy = &state;
			stage_run(&one);
			events = events_of(one.fibers);
			schedule_take(&schedule, one.fibers, one.fibers->steps, &preemptions);
			differ += !schedule_run(&schedule, &one);
			differ += events_of(one.fibers) != events;
			differ += !schedule_run(&schedule, &other);
			differ += events_of(other.fibers) != events;
			schedule_free(&schedule);
		}
		stage_close(&one);
		stage_close(&other);
		program_set_free(&programs);
	}
	CHECK_EQ(differ, 0);
}

static void nothing_to_explore(void)
{
	uint32_t one[] = {0, 0, 1, OP_CREATE}, idle[] = {0, 0, 1, OP_CREATE, 0};
	struct explore_input input = {.programs = one, .programs_len = 4};
	struct explore_result result;

	CHECK_EQ(exploration_run(&input, &result), -EINVAL);
	input.programs = idle;
	input.programs_len = 5;
	CHECK_EQ(exploration_run(&input, &result), -ENODATA);
}

static const struct test tests[] = {
	{"all patches are clean", all_patches_are_clean},
	{"each patch left out", each_patch_left_out},
	{"strategies find it", strategies_find_it},
	{"exactly one subset is clean", exactly_one_subset_is_clean},
	{"searches agree on cells", searches_agree_on_cells},
	{"every exhaustive run rediscovers", every_exhaustive_run_rediscovers},
	{"every schedule twice", every_schedule_twice},
	{"nothing to explore", nothing_to_explore},
};
TESTS(tests)
