/* SPDX-License-Identifier: MIT */
/* Runs stop, coexist, refuse bad input, and leave no thread behind. */
#include "run_kit.h"

#include <dirent.h>
#include <errno.h>

#include "stand.h"

/* TSan makes starting a thread twenty times as slow. */
#ifdef __SANITIZE_THREAD__
#define SHORT_RUNS 100
#else
#define SHORT_RUNS 500
#endif

static unsigned int thread_count(void)
{
	DIR *tasks = opendir("/proc/self/task");
	unsigned int count = 0;

	if (!tasks)
		return 0;
	while (readdir(tasks))
		count++;
	closedir(tasks);
	return count;
}

static void stopped_from_outside(void)
{
	for (unsigned int storm = 0; storm < 2; storm++) {
		struct run_input input;
		struct heard heard = {0};
		struct listener listener = listener_of(&heard);
		struct run *run;

		input = input_of(0, storm ? NULL : script_named("remove-find-open"));
		input.plan.duration_ms = 0;
		if (!CHECK_EQ(run_start(&run, &input, &listener), 0))
			return;
		nap_ms(150);
		run_stop(run);
		run_stop(run);
		run_join_free(run);
		CHECK_EQ(heard.finished, 1);
		CHECK(!heard.totals.complete);
	}
}

static void nobody_listens(void)
{
	struct run_input input = input_of(0, NULL);
	struct heard heard = {.deaf_after = 3};
	struct listener listener = listener_of(&heard);
	struct run *run;

	input.plan.duration_ms = 0;
	if (!CHECK_EQ(run_start(&run, &input, &listener), 0))
		return;
	run_join_free(run);
	CHECK_EQ(heard.progresses, 3);
	CHECK_EQ(heard.finished, 0);
}

/* Four runs at once; whether each ran for long enough to have the faults that it has to have. */
static bool coexist(uint64_t duration_ms)
{
	struct heard heard[4] = {0};
	struct run *run[4];
	bool enough = true;

	for (unsigned int i = 0; i < 4; i++) {
		struct run_input input = input_of(i % 2 ? PATCHES_ALL : 0,
						  i < 2 ? NULL : script_named("remove-open"));
		struct listener listener = listener_of(&heard[i]);

		input.plan.duration_ms = duration_ms;
		if (!CHECK_EQ(run_start(&run[i], &input, &listener), 0))
			return true;
	}
	for (unsigned int i = 0; i < 4; i++) {
		run_join_free(run[i]);
		CHECK_EQ(heard[i].finished, 1);
		if (i % 2)
			CHECK_EQ(heard[i].faults, 0);
		else
			enough &= heard[i].faults > 0;
	}
	return enough;
}

/* As run_longer() does. */
static void runs_coexist(void)
{
	for (uint64_t ms = 800; !coexist(ms); ms *= 4) {
		if (!CHECK(ms < 60000))
			return;
	}
}

static void bad_input(void)
{
	static const uint32_t bad[][4] = {
		{9, 0, 0, 0},	       /* longer than the words */
		{0, 0, 0, 0},	       /* programs, and none has a step */
		{0, 0, 1, 0xff},       /* no such operation */
		{0, 0, 0xffffffff, 0}, /* a length that overflows */
	};
	struct heard heard = {0};
	struct listener listener = listener_of(&heard);
	struct run_input input = input_of(PATCHES_ALL, NULL);
	struct run *run = NULL;

	for (unsigned int i = 0; i < 4; i++) {
		input.programs = bad[i];
		input.programs_len = 4;
		CHECK_EQ(run_start(&run, &input, &listener), -EINVAL);
	}
	input.programs_len = 1; /* `before` alone */
	CHECK_EQ(run_start(&run, &input, &listener), -EINVAL);
	for (unsigned int row = 0; row < PLAN_COUNT; row++) {
		input = input_of(PATCHES_ALL, NULL);
		plan_set(&input.plan, row, (uint64_t)plan_table[row].max + 1);
		CHECK_EQ(run_start(&run, &input, &listener), -EINVAL);
	}
	CHECK_PTR(run, NULL);
	CHECK_EQ(heard.finished + heard.progresses, 0);
}

/* Many short ones: no thread stays behind. Last, so that it counts what all tests left. */
static void no_thread_stays(void)
{
	unsigned int before = thread_count();

	for (unsigned int i = 0; i < 20; i++) {
		struct run_input input = input_of(i % 2 ? PATCHES_ALL : 0,
						  i % 4 < 2 ? NULL : script_at(i % scenario_count));
		struct heard heard = {0};

		input.plan.duration_ms = 20;
		run_through(&heard, &input);
	}
	CHECK_EQ(thread_count(), before);
}

/* A run that ends while one thread stands at the start line and the other waits for its device. */
static void short_runs_end(void)
{
	for (unsigned int i = 0; i < SHORT_RUNS; i++) {
		struct run_input input = input_of(PATCHES_ALL, script_named("create-uevent"));
		struct heard heard = {0};

		input.plan.duration_ms = 1;
		input.plan.tick_ms = 1;
		input.plan.seed = i + 1;
		run_through(&heard, &input);
		CHECK(heard.totals.complete);
		CHECK_EQ(heard.faults, 0);
	}
}

static const struct test tests[] = {
	{"stopped from outside", stopped_from_outside},
	{"nobody listens any more", nobody_listens},
	{"runs coexist", runs_coexist},
	{"bad input is refused", bad_input},
	{"no thread stays behind", no_thread_stays},
	{"short runs end", short_runs_end},
};

TESTS(tests)
