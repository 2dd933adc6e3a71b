/* SPDX-License-Identifier: MIT */
/*
 * The stress engine from outside: scenarios and storms are clean with every patch in and fault
 * with the right one left out; runs stop, coexist, and leave no thread behind.
 */
#include "check.h"
#include "engine.h"

#include <dirent.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ALL 0x2ffu
#define SERIES 0x0ffu
#define MERGED 0x1dfu
#define WITHOUT(no) (ALL & ~(1u << ((no)-1)))
#define WORDS_MAX 64
#define STEP(op, minor) ((uint32_t)(op) | (uint32_t)(minor) << 8)

/* A scenario, as run_start() takes it. */
struct script {
	uint32_t words[WORDS_MAX];
	size_t count;
};

struct heard {
	struct report totals; /* without what it owns */
	uint64_t outcome_rounds, forbidden_rounds;
	_Atomic uint64_t progresses, faults;
	_Atomic unsigned int finished;
	_Atomic uint64_t kinds;	 /* bit n: a fault of kind n was told */
	unsigned int deaf_after; /* progresses; 0: listens to the end */
};

static void script_clear(struct script *s)
{
	s->count = 0;
}

/* Append one program: a list of steps. */
static void script_add(struct script *s, unsigned int steps, const uint32_t *step)
{
	s->words[s->count++] = steps;
	memcpy(&s->words[s->count], step, steps * sizeof(*step));
	s->count += steps;
}
#define PROGRAM(s, ...)                                                                            \
	script_add((s), sizeof((uint32_t[]){0, ##__VA_ARGS__}) / sizeof(uint32_t) - 1,             \
		   (uint32_t[]){0, ##__VA_ARGS__} + 1)

static int on_progress(void *context, const struct progress *progress)
{
	struct heard *heard = context;

	(void)progress;
	atomic_fetch_add(&heard->progresses, 1);
	return heard->deaf_after && heard->progresses >= heard->deaf_after;
}

static int on_fault(void *context, const struct fault_note *fault)
{
	struct heard *heard = context;

	CHECK(fault->func && fault->text && fault->line && fault->message[0] && fault->count);
	atomic_fetch_add(&heard->faults, fault->count);
	atomic_fetch_or(&heard->kinds, UINT64_C(1) << fault->kind);
	return 0;
}

static int on_finished(void *context, const struct report *report)
{
	struct heard *heard = context;

	heard->totals = *report;
	for (size_t i = 0; i < report->outcome_count; i++) {
		heard->outcome_rounds += report->outcomes[i].count;
		if (report->outcomes[i].grade == GRADE_FORBIDDEN)
			heard->forbidden_rounds += report->outcomes[i].count;
	}
	atomic_fetch_add(&heard->finished, 1);
	return 0;
}

static struct listener listener_of(struct heard *heard)
{
	return (struct listener){.progress = on_progress,
				 .fault = on_fault,
				 .finished = on_finished,
				 .context = heard};
}

static struct run_input input_of(uint32_t patches, const struct script *script)
{
	struct run_input input = {0};

	plan_init(&input.plan);
	input.plan.patches = patches;
	input.plan.tick_ms = 10;
	input.plan.epoch_ms = 50;
	if (script) {
		input.programs = script->words;
		input.programs_len = script->count;
	}
	return input;
}

/* Run to the end. */
static void run_through(struct heard *heard, const struct run_input *input)
{
	struct listener listener = listener_of(heard);
	struct run *run;

	if (!CHECK_EQ(run_start(&run, input, &listener), 0))
		return;
	run_join_free(run);
	CHECK_EQ(heard->finished, 1);
	CHECK_EQ(heard->faults, heard->totals.totals.faults);
	for (unsigned int kind = 0; kind < FAULT_COUNT; kind++)
		CHECK_EQ(heard->totals.faults_by_kind[kind] != 0, heard->kinds >> kind & 1);
}

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

/* --- scenarios --- */

enum {
	CREATE_FIND,
	REMOVE_FIND,
	REMOVE_GET,
	REMOVE_OPEN,
	CREATE_CREATE,
	CREATE_UEVENT,
	CREATE_UNLOAD,
	REMOVE_FIND_OPEN,
	OPEN_OPEN_REMOVE,
	OPEN_REMOVE_UNLOAD,
	CREATE_FIND_UEVENT,
	SCRIPTS
};

static struct script scripts[SCRIPTS];

static void with_device(struct script *s)
{
	script_clear(s);
	PROGRAM(s, STEP(OP_CREATE, 0));
	PROGRAM(s);
}

static void without_device(struct script *s)
{
	script_clear(s);
	PROGRAM(s);
	PROGRAM(s);
}

static void write_scripts(void)
{
	for (unsigned int i = 0; i < SCRIPTS; i++)
		without_device(&scripts[i]);
	with_device(&scripts[REMOVE_FIND]);
	with_device(&scripts[REMOVE_GET]);
	with_device(&scripts[REMOVE_OPEN]);
	with_device(&scripts[REMOVE_FIND_OPEN]);
	with_device(&scripts[OPEN_OPEN_REMOVE]);
	with_device(&scripts[OPEN_REMOVE_UNLOAD]);
	PROGRAM(&scripts[CREATE_FIND], STEP(OP_CREATE, 0));
	PROGRAM(&scripts[CREATE_FIND], STEP(OP_FIND, 0));
	PROGRAM(&scripts[REMOVE_FIND], STEP(OP_REMOVE, 0));
	PROGRAM(&scripts[REMOVE_FIND], STEP(OP_FIND, 0));
	PROGRAM(&scripts[REMOVE_GET], STEP(OP_REMOVE, 0));
	PROGRAM(&scripts[REMOVE_GET], STEP(OP_GET, 0), STEP(OP_PUT, 0));
	PROGRAM(&scripts[REMOVE_OPEN], STEP(OP_REMOVE, 0));
	PROGRAM(&scripts[REMOVE_OPEN], STEP(OP_OPEN, 0), STEP(OP_IO, 0), STEP(OP_CLOSE, 0));
	PROGRAM(&scripts[CREATE_CREATE], STEP(OP_CREATE, 0));
	PROGRAM(&scripts[CREATE_CREATE], STEP(OP_CREATE, 0));
	PROGRAM(&scripts[CREATE_UEVENT], STEP(OP_CREATE, 0));
	PROGRAM(&scripts[CREATE_UEVENT], STEP(OP_UEVENT, 0));
	PROGRAM(&scripts[CREATE_UNLOAD], STEP(OP_CREATE, 0));
	PROGRAM(&scripts[CREATE_UNLOAD], STEP(OP_UNLOAD, ANY_MINOR));
	PROGRAM(&scripts[REMOVE_FIND_OPEN], STEP(OP_REMOVE, 0));
	PROGRAM(&scripts[REMOVE_FIND_OPEN], STEP(OP_FIND, 0));
	PROGRAM(&scripts[REMOVE_FIND_OPEN], STEP(OP_OPEN, 0), STEP(OP_CLOSE, 0));
	PROGRAM(&scripts[OPEN_OPEN_REMOVE], STEP(OP_OPEN, 0), STEP(OP_CLOSE, 0));
	PROGRAM(&scripts[OPEN_OPEN_REMOVE], STEP(OP_OPEN, 0), STEP(OP_CLOSE, 0));
	PROGRAM(&scripts[OPEN_OPEN_REMOVE], STEP(OP_REMOVE, 0));
	PROGRAM(&scripts[OPEN_REMOVE_UNLOAD], STEP(OP_OPEN, 0), STEP(OP_IO, 0), STEP(OP_CLOSE, 0));
	PROGRAM(&scripts[OPEN_REMOVE_UNLOAD], STEP(OP_REMOVE, 0));
	PROGRAM(&scripts[OPEN_REMOVE_UNLOAD], STEP(OP_UNLOAD, ANY_MINOR));
	PROGRAM(&scripts[CREATE_FIND_UEVENT], STEP(OP_CREATE, 0));
	PROGRAM(&scripts[CREATE_FIND_UEVENT], STEP(OP_FIND, 0));
	PROGRAM(&scripts[CREATE_FIND_UEVENT], STEP(OP_UEVENT, 0));
}

static void scenarios_are_clean(void)
{
	write_scripts();
	for (unsigned int i = 0; i < SCRIPTS; i++) {
		struct run_input input = input_of(ALL, &scripts[i]);
		struct heard heard = {0};

		input.plan.duration_ms = 300;
		input.plan.perturb = i % 3;
		run_through(&heard, &input);
		CHECK_EQ(heard.faults, 0);
		CHECK(heard.totals.complete);
		CHECK(heard.totals.totals.rounds > 0);
		CHECK_EQ(heard.outcome_rounds, heard.totals.totals.rounds);
		CHECK_EQ(heard.forbidden_rounds, 0);
	}
}

/* Each as soon as it shows: which patches, where, and one of which faults. */
static void scenarios_fault(void)
{
	static const struct {
		uint32_t patches;
		unsigned int script;
		uint64_t kinds;
	} cases[] = {
#define KIND(id) (UINT64_C(1) << FAULT_##id)
		{WITHOUT(1), CREATE_CREATE, KIND(MINOR_STOLEN) | KIND(DUPLICATE_MINOR)},
		{WITHOUT(2), CREATE_FIND, KIND(USE_UNINITIALIZED) | KIND(INIT_OVERWRITE)},
		{WITHOUT(3), REMOVE_FIND, KIND(SLEEP_IN_ATOMIC)},
		{WITHOUT(3), CREATE_FIND, KIND(SLEEP_IN_ATOMIC)},
		{WITHOUT(4), REMOVE_GET,
		 KIND(USE_AFTER_FREE) | KIND(REFCOUNT_RESURRECT) | KIND(DOUBLE_FREE) |
			 KIND(PUT_ON_FREEING)},
		{WITHOUT(5), REMOVE_OPEN, KIND(OPEN_OF_FREEING) | KIND(USE_AFTER_FREE)},
		{WITHOUT(6), REMOVE_GET, KIND(USE_AFTER_FREE) | KIND(REFCOUNT_RESURRECT)},
		{WITHOUT(7), CREATE_UNLOAD, KIND(MODULE_UNLOADED_IN_USE)},
		{WITHOUT(8), CREATE_UEVENT,
		 KIND(ANNOUNCE_BEFORE_INIT) | KIND(USE_UNINITIALIZED) | KIND(INIT_OVERWRITE)},
		{MERGED, REMOVE_GET, KIND(USE_AFTER_FREE) | KIND(REFCOUNT_RESURRECT)},
		{SERIES, CREATE_FIND, KIND(REFERENCE_LEAK)},
#undef KIND
	};

	write_scripts();
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct run_input input = input_of(cases[i].patches, &scripts[cases[i].script]);
		struct heard heard = {0};

		input.plan.duration_ms = 30000;
		input.plan.stop_on_fault = 1;
		run_through(&heard, &input);
		if (!CHECK(heard.kinds & cases[i].kinds))
			CHECK_EQ(i, -1); /* which case */
		CHECK(heard.totals.totals.elapsed_ns < UINT64_C(29000000000));
		CHECK(heard.forbidden_rounds > 0 || cases[i].patches == WITHOUT(3));
	}
}

static void rounds_are_counted(void)
{
	struct run_input input;
	struct heard heard = {0};

	write_scripts();
	input = input_of(ALL, &scripts[REMOVE_OPEN]);
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
}

/* --- storms --- */

static void storm_is_clean(void)
{
	static const uint64_t minors[] = {1, 8, 300};

	for (unsigned int i = 0; i < 3; i++) {
		struct run_input input = input_of(ALL, NULL);
		struct heard heard = {0};

		input.plan.minors = minors[i];
		input.plan.duration_ms = 700;
		input.plan.perturb = i;
		input.plan.seed = i + 1;
		run_through(&heard, &input);
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
	run_through(&heard, &input);
	CHECK(heard.faults > 10);
	CHECK(heard.totals.complete);
}

/* Each patch left out of a storm. That it faults, and soon, is the scenarios' to show. */
static void storm_of_each(void)
{
	for (unsigned int no = 1; no <= 8; no++) {
		struct run_input input = input_of(WITHOUT(no), NULL);
		struct heard heard = {0};

		input.plan.duration_ms = 400;
		run_through(&heard, &input);
		CHECK(heard.totals.complete);
	}
}

static void storm_with_no_lock(void)
{
	struct run_input input = input_of(ALL, NULL);
	struct heard heard = {0};

	input.plan.lock = 1;
	input.plan.duration_ms = 30000;
	input.plan.stop_on_fault = 1;
	run_through(&heard, &input);
	CHECK_EQ(heard.kinds, UINT64_C(1) << FAULT_LOCK_MISUSE);
}

static void storm_with_failures(void)
{
	struct run_input input = input_of(ALL, NULL);
	struct heard heard = {0};

	input.plan.fail_layer = 300;
	input.plan.duration_ms = 400;
	run_through(&heard, &input);
	CHECK_EQ(heard.faults, 0);
	input.plan.fail_queue = 300;
	heard = (struct heard){0};
	run_through(&heard, &input);
	CHECK_EQ(heard.kinds, UINT64_C(1) << FAULT_MINOR_LEAK);
}

static void limits_end_it(void)
{
	struct run_input input = input_of(ALL, NULL);
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

/* --- the life of a run --- */

static void nap_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static void stopped_from_outside(void)
{
	for (unsigned int storm = 0; storm < 2; storm++) {
		struct run_input input;
		struct heard heard = {0};
		struct listener listener = listener_of(&heard);
		struct run *run;

		write_scripts();
		input = input_of(0, storm ? NULL : &scripts[REMOVE_FIND_OPEN]);
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

static void runs_coexist(void)
{
	struct heard heard[4] = {0};
	struct run *run[4];

	write_scripts();
	for (unsigned int i = 0; i < 4; i++) {
		struct run_input input =
			input_of(i % 2 ? ALL : 0, i < 2 ? NULL : &scripts[REMOVE_OPEN]);
		struct listener listener = listener_of(&heard[i]);

		input.plan.duration_ms = 800;
		if (!CHECK_EQ(run_start(&run[i], &input, &listener), 0))
			return;
	}
	for (unsigned int i = 0; i < 4; i++) {
		run_join_free(run[i]);
		CHECK_EQ(heard[i].finished, 1);
		CHECK_EQ(heard[i].faults == 0, i % 2);
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
	struct run_input input = input_of(ALL, NULL);
	struct run *run = NULL;

	for (unsigned int i = 0; i < 4; i++) {
		input.programs = bad[i];
		input.programs_len = 4;
		CHECK_EQ(run_start(&run, &input, &listener), -EINVAL);
	}
	input.programs_len = 1; /* `before` alone */
	CHECK_EQ(run_start(&run, &input, &listener), -EINVAL);
	for (unsigned int row = 0; row < PLAN_COUNT; row++) {
		input = input_of(ALL, NULL);
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

	write_scripts();
	for (unsigned int i = 0; i < 20; i++) {
		struct run_input input =
			input_of(i % 2 ? ALL : 0, i % 4 < 2 ? NULL : scripts + i % SCRIPTS);
		struct heard heard = {0};

		input.plan.duration_ms = 20;
		run_through(&heard, &input);
	}
	CHECK_EQ(thread_count(), before);
}

static const struct test tests[] = {
	{"scenarios are clean with every patch", scenarios_are_clean},
	{"scenarios fault without the right one", scenarios_fault},
	{"rounds are counted", rounds_are_counted},
	{"a storm is clean with every patch", storm_is_clean},
	{"a storm of faults ends normally", storm_of_faults},
	{"a storm without each patch", storm_of_each},
	{"a lock that excludes nobody is caught", storm_with_no_lock},
	{"allocations that fail", storm_with_failures},
	{"limits end a run", limits_end_it},
	{"stopped from outside", stopped_from_outside},
	{"nobody listens any more", nobody_listens},
	{"runs coexist", runs_coexist},
	{"bad input is refused", bad_input},
	{"no thread stays behind", no_thread_stays},
};

TESTS(tests)
