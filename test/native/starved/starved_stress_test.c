/* SPDX-License-Identifier: MIT */
/* A run whose memory ends, wherever it does, ends with -ENOMEM, and never ends the process. */
#include <errno.h>

#include "run_kit.h"
#include "starve.h"

#define ALLOCATIONS_MAX 2000
/* Few, since in each one all threads meet, which takes time slices where there are too few CPUs. */
#define ROUNDS 100

struct ending {
	_Atomic int finished, error;
	_Atomic uint64_t counted; /* rounds, by their outcomes */
};

static int no_progress(void *context, const struct progress *progress)
{
	(void)context;
	(void)progress;
	return 0;
}

static int no_fault(void *context, const struct fault_note *fault)
{
	(void)context;
	(void)fault;
	return 0;
}

static int on_finished(void *context, const struct report *report)
{
	struct ending *ending = context;

	for (size_t i = 0; i < report->outcome_count; i++)
		atomic_fetch_add(&ending->counted, report->outcomes[i].count);
	atomic_store(&ending->error, report->error);
	atomic_fetch_add(&ending->finished, 1);
	return 0;
}

/* Run with @allocations. Returns 0 or -errno, of the start or of the end. */
static int run_with(const struct run_input *input, int64_t allocations)
{
	struct ending ending = {0};
	struct listener listener = {no_progress, no_fault, on_finished, &ending};
	struct run *run;
	int r;

	atomic_store(&allocations_left, allocations);
	r = run_start(&run, input, &listener);
	if (r) {
		atomic_store(&allocations_left, PLENTY);
		return r;
	}
	run_join_free(run);
	atomic_store(&allocations_left, PLENTY);
	CHECK_EQ(ending.finished, 1);
	if (!ending.error)
		CHECK_EQ(ending.counted, input->plan.rounds);
	return ending.error;
}

static void starve(const struct run_input *input)
{
	for (int once = 0; once < 2; once++) {
		int64_t allocations = 0;
		int r;

		atomic_store(&recovers, once);
		do
			r = run_with(input, allocations);
		while (CHECK(r == 0 || r == -ENOMEM) && r && allocations++ < ALLOCATIONS_MAX);
		CHECK(allocations > 5 && allocations < ALLOCATIONS_MAX);
	}
}

/* Eight programs whose results differ from round to round, so that counting them takes memory. */
static void rounds(void)
{
	struct run_input input;
	struct script many = {.count = 0};

	many.words[many.count++] = 0;
	many.words[many.count++] = 0;
	for (uint32_t cpu = 0; cpu < 4; cpu++) {
		many.words[many.count++] = 4;
		for (uint32_t i = 0; i < 4; i++)
			many.words[many.count++] = STEP(i % 2 ? OP_REMOVE : OP_CREATE, i / 2);
	}
	input = input_of(PATCHES_ALL, &many);
	input.plan.rounds = ROUNDS;
	input.plan.duration_ms = 0;
	starve(&input);
}

static void storm(void)
{
	struct run_input input = input_of(PATCHES_ALL, NULL);

	input.plan.ops = 2000;
	input.plan.duration_ms = 0;
	starve(&input);
}

static const struct test tests[] = {
	{"rounds", rounds},
	{"storm", storm},
};

TESTS(tests)
