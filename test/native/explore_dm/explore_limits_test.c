/* SPDX-License-Identifier: MIT */
/* A limit ends a search where it says, and is named; a number out of range is refused. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "explore.h"
#include "check.h"
#include "explore_engine.h"
#include "programs.h"
#include "scenarios.h"

#define MANY 24 /* steps of a thread: more states and schedules than any limit here */
#define WORDS_MAX 256
#define MS UINT64_C(1000000)

/* How far each look at the clock moves it on, and how far it is ahead by now. */
static uint64_t look_takes_ns, ahead_ns;

/*
 * Stands in front of the C library's: every clock of this program, the engine's too, is the CPU
 * time of the thread that asks. How busy the machine is decides nothing then.
 */
int clock_gettime(clockid_t clock, struct timespec *time)
{
	int r = (int)syscall(SYS_clock_gettime, CLOCK_THREAD_CPUTIME_ID, time);
	uint64_t ns;

	(void)clock;
	ahead_ns += look_takes_ns;
	ns = (uint64_t)time->tv_nsec + ahead_ns;
	time->tv_sec += (time_t)(ns / (1000 * MS));
	time->tv_nsec = (long)(ns % (1000 * MS));
	return r;
}

static void long_walk(struct classic *c, struct task *t, uint32_t cpu)
{
	for (uint32_t i = 0; i < MANY; i++)
		STORE(c->word[i % 8], (uint64_t)i << 8 | cpu);
}

static void short_walk(struct classic *c, struct task *t, uint32_t cpu)
{
	STORE(c->word[0], cpu + 1);
	STORE(c->word[1 + cpu], LOAD(c->word[0]));
}

/* A fault at the start of what takes long: minimising has all of it to look through. */
static void fault_then_long(struct classic *c, struct task *t, uint32_t cpu)
{
	long_walk(c, t, cpu);
	if (cpu == 0 && LOAD(c->word[0]) == ((uint64_t)16 << 8 | 1))
		machine_report(t, FAULT_USE_UNINITIALIZED, SITE("late"), "the other was last");
}

static const struct classic_row large = {.name = "large", .threads = 3, .thread = long_walk};
static const struct classic_row small = {.name = "small", .threads = 2, .thread = short_walk};
static const struct classic_row faulty = {
	.name = "faulty", .threads = 2, .thread = fault_then_long};

static struct explore_report look_at(const struct classic_row *row, struct explore_plan plan)
{
	struct classic_run seen;
	struct explore_model model = classic_model(&seen, row);
	struct explore_report report;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	return report;
}

static void executions_are_counted_exactly(void)
{
	static const uint64_t counts[] = {1, 10, 64, 100, 256, 257, 1000};

	for (uint32_t s = 0; s < EXPLORE_STRATEGIES; s++)
		for (uint32_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
			struct explore_plan plan = {
				.strategy = s, .all_faults = true, .executions_max = counts[i]};
			/* So that it comes to ends of executions quickly. */
			struct explore_report report = look_at(&faulty, plan);

			CHECK(report.executions <= counts[i]);
			if (report.limit == LIMIT_EXECUTIONS)
				CHECK_EQ(report.executions, counts[i]);
			else
				CHECK(report.exhausted);
			explore_report_free(&report);
		}
}

/* One that has as many executions as it may make has looked at all of them. */
static void a_limit_that_is_enough_cuts_nothing(void)
{
	static const enum explore_strategy complete[] = {EXPLORE_DFS, EXPLORE_DPOR,
							 EXPLORE_STATEFUL};

	for (uint32_t i = 0; i < 3; i++) {
		struct explore_plan plan = {.strategy = complete[i]};
		uint64_t all = look_at(&small, plan).executions;
		struct explore_report report;

		plan.executions_max = all;
		report = look_at(&small, plan);
		CHECK(report.exhausted && report.limit == LIMIT_NONE);
		plan.executions_max = all - 1;
		report = look_at(&small, plan);
		CHECK(!report.exhausted && report.limit == LIMIT_EXECUTIONS);
	}
}

static void states_are_counted_exactly(void)
{
	static const enum explore_strategy stateful[] = {EXPLORE_STATEFUL, EXPLORE_PORTFOLIO};

	for (uint32_t i = 0; i < 2; i++) {
		struct explore_plan plan = {.strategy = stateful[i]};
		uint64_t all = look_at(&small, plan).states;
		struct explore_report report;

		plan.states_max = 100;
		report = look_at(&large, plan);
		CHECK_EQ(report.states, 100);
		CHECK(report.limit == LIMIT_STATES && !report.exhausted);
		plan.states_max = all;
		report = look_at(&small, plan);
		CHECK(report.exhausted);
		plan.states_max = all - 1;
		report = look_at(&small, plan);
		CHECK_EQ(report.states, all - 1);
		CHECK(report.limit == LIMIT_STATES && !report.exhausted);
	}
}

static void a_plan_of_zeroes_bounds_nothing(void)
{
	for (uint32_t s = 0; s < EXPLORE_STRATEGIES; s++) {
		struct explore_report report =
			look_at(&small, (struct explore_plan){.strategy = s});

		CHECK_EQ(report.exhausted, !strategy_table[s].samples);
		if (strategy_table[s].samples)
			CHECK_EQ(report.executions, EXPLORE_SAMPLES);
	}
}

static void no_preemption_is_a_bound(void)
{
	struct explore_plan plan = {.strategy = EXPLORE_DFS, .bounded = true};
	struct explore_report report = look_at(&small, plan);

	CHECK(report.limit == LIMIT_PREEMPTIONS && !report.exhausted);
	CHECK_EQ(report.bound, 0);
	CHECK_EQ(report.executions, 2);
}

static void what_does_not_fit_is_refused(void)
{
	static const struct {
		struct explore_plan plan;
		const char *says;
	} wrong[] = {
		{{.steps_max = 100000},
		 "Expected `steps_max` to be 0..4096 (steps of one execution), got `100000`"},
		{{.strategy = EXPLORE_PCT, .depth = 65},
		 "Expected `depth` to be 0..64 (orderings), got `65`"},
		{{.strategy = EXPLORE_DPOR, .depth = 3},
		 "Expected `depth` to be 0 except for pct and portfolio, got `3`"},
		{{.strategy = EXPLORE_DPOR, .preemptions_max = 2},
		 "Expected `preemptions_max` to be 0 except for dfs, got `2`"},
		{{.strategy = EXPLORE_DFS, .states_max = 9},
		 "Expected `states_max` to be 0 except for stateful, portfolio without races, got "
		 "`9`"},
		{{.strategy = EXPLORE_STATEFUL, .races = true},
		 "Expected `races` to be false for stateful, got `1`"},
		{{.strategy = EXPLORE_RANDOM, .every_step = true},
		 "Expected `every_step` to be false except for stateful, got `1`"},
		{{.strategy = EXPLORE_DFS, .part = 2, .parts = 2},
		 "Expected `part` to be below `parts`, got `2`"},
	};

	for (uint32_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct classic_run seen;
		struct explore_model model = classic_model(&seen, &small);
		struct explore_report report;
		char text[128];

		CHECK(!explore_plan_fits(&wrong[i].plan, text, sizeof(text)));
		CHECK_TEXT(text, wrong[i].says);
		CHECK_EQ(explore(&model, &wrong[i].plan, &report), -EINVAL);
	}
	CHECK(explore_plan_fits(&(struct explore_plan){.preemptions_max = UINT32_MAX}, NULL, 0));
	CHECK_EQ(search_table[SEARCH_ROW_depth].max, EXPLORE_DEPTH_MAX);
	CHECK_EQ(search_table[SEARCH_ROW_preemptions].max, STEPS_MAX);
}

/* With more changes of priority the same seed goes other ways. */
static void depth_is_not_clamped(void)
{
	struct explore_plan plan = {
		.strategy = EXPLORE_PCT, .executions_max = 300, .all_faults = true, .seed = 1};
	uint64_t last = 0;

	for (plan.depth = 16; plan.depth <= EXPLORE_DEPTH_MAX; plan.depth += 16) {
		struct explore_report report = look_at(&faulty, plan);
		const struct explore_fault *first = report.fault;
		uint64_t way = first->count << 40 | first->execution << 20 | first->preemptions;

		CHECK(way != last);
		last = way;
		explore_report_free(&report);
	}
}

static void samples_that_were_cut_short_are_no_samples(void)
{
	struct explore_plan plan = {
		.strategy = EXPLORE_RANDOM, .executions_max = 50, .steps_max = 10};
	struct explore_report report = look_at(&large, plan);

	CHECK_EQ(report.executions, 50);
	CHECK_EQ(report.limit, LIMIT_STEPS);
	plan = (struct explore_plan){.strategy = EXPLORE_STATEFUL, .steps_max = 10};
	report = look_at(&large, plan);
	CHECK(report.limit == LIMIT_STEPS && !report.exhausted);
}

static void minimising_keeps_to_its_executions(void)
{
	struct classic_run seen;
	struct explore_model model = classic_model(&seen, &faulty);
	struct explore_fault fault;
	/* All that takes no preemption, so that a bound is done with when they are used up. */
	struct explore_plan plan = {.executions_max = 2};
	bool proven = true;

	CHECK_EQ(explore_minimise(&model, &plan, FAULT_DOUBLE_FREE, &fault, &proven), -ENOENT);
	CHECK(!proven);
	plan.executions_max = 0;
	plan.time_ms_max = 50;
	proven = true;
	CHECK_EQ(explore_minimise(&model, &plan, FAULT_DOUBLE_FREE, &fault, &proven), -ENOENT);
	CHECK(!proven);
	plan.steps_max = STEPS_MAX + 1;
	CHECK_EQ(explore_minimise(&model, &plan, FAULT_DOUBLE_FREE, &fault, &proven), -EINVAL);
}

/* Set in the second execution of a search, which is the first that preempts. */
static volatile bool stop_now;
static uint32_t runs;

/* Without a preemption there is one execution: cpu2 waits for what cpu1 does first. */
static void one_order_then_many(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 1) {
		await_change(t, &c->word[0], 0);
		return;
	}
	/* Threads are counted, and the default schedule is run twice, before the search. */
	stop_now = ++runs > 4;
	for (uint32_t i = 0; i < 3000; i++)
		STORE(c->word[1], i);
	STORE(c->word[0], 1);
	STORE(c->word[1], 0);
}

static const struct classic_row ordered = {
	.name = "ordered", .threads = 2, .thread = one_order_then_many};

/* All with no preemption was looked at, and one with a preemption: that proves no absence. */
static void stopped_at_the_next_bound_is_no_proof(void)
{
	struct classic_run seen;
	struct explore_model model = classic_model(&seen, &ordered);
	struct explore_fault fault;
	struct explore_plan plan = {.stop = &stop_now};
	bool proven = true;

	stop_now = false;
	runs = 0;
	CHECK_EQ(explore_minimise(&model, &plan, FAULT_DOUBLE_FREE, &fault, &proven), -ENOENT);
	CHECK_EQ(runs, 5);
	CHECK(!proven);
}

#define EIGHT(n)                                                                                   \
	"cpu" #n ": create 0, open 0, close 0, remove 0, create 1, open 1, close 1, remove 1"

/* The search, minimising each kind, and the stories of all of them: one limit for everything. */
static void one_deadline_is_for_all(void)
{
	static const char text[] = EIGHT(1) " ; " EIGHT(2) " ; " EIGHT(3) " ; " EIGHT(4);
	static const uint64_t patches[] = {PATCHES_WITHOUT(01), 0};
	uint32_t words[WORDS_MAX];

	for (uint32_t i = 0; i < 4; i++) {
		struct explore_input input = {.patches = patches[i / 2],
					      .all_faults = true,
					      .races = i % 2,
					      .time_ms_max = 300,
					      .programs = words};
		struct explore_result result = {0};
		uint64_t before = cpu_time_ns();

		input.programs_len = scenario_words(text, words, WORDS_MAX);
		CHECK_EQ(exploration_run(&input, &result), 0);
		CHECK_EQ(result.limit, LIMIT_TIME);
		CHECK(!result.exhausted && result.fault_count);
		CHECK(cpu_time_ns() - before < (300 + 100) * MS);
		for (size_t k = 0; k < result.fault_count; k++)
			CHECK(result.fault[k].ticket);
		explore_result_free(&result);
	}
}

/* A search that comes to its end late leaves no time for minimising. */
static void time_that_is_up_minimises_nothing(void)
{
	static const char text[] = EIGHT(1) " ; " EIGHT(2) " ; " EIGHT(3) " ; " EIGHT(4);
	uint32_t words[WORDS_MAX];
	struct explore_input input = {.all_faults = true, .time_ms_max = 300, .programs = words};
	struct explore_result result = {0};
	uint64_t before = cpu_time_ns();

	input.programs_len = scenario_words(text, words, WORDS_MAX);
	look_takes_ns = 100 * MS;
	CHECK_EQ(exploration_run(&input, &result), 0);
	look_takes_ns = 0;
	CHECK_EQ(result.limit, LIMIT_TIME);
	CHECK(result.fault_count);
	for (size_t k = 0; k < result.fault_count; k++)
		CHECK(result.fault[k].ticket && !result.fault[k].minimal);
	CHECK(cpu_time_ns() - before - ahead_ns < 100 * MS);
	explore_result_free(&result);
}

/* Sizes are the caller's: one that overflows is -ENOMEM, and never memory that is too short. */
static void memory_that_cannot_be_is_refused(void)
{
	static const size_t sizes[] = {EXPLORE_MEMORY_BYTES_MAX + 1, SIZE_MAX / 2, SIZE_MAX - 126,
				       SIZE_MAX - 7, SIZE_MAX};

	for (size_t i = 0; i < 2 * sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct classic_run run;
		struct explore_model model = classic_model(&run, &small);
		struct explore_plan plan = {.strategy = EXPLORE_DPOR, .races = i % 4 > 1};
		struct explore_report report;

		*(i % 2 ? &model.local_bytes : &model.memory_bytes) = sizes[i / 2];
		CHECK_EQ(explore(&model, &plan, &report), -ENOMEM);
	}
}

static const struct test tests[] = {
	{"executions are counted exactly", executions_are_counted_exactly},
	{"a limit that is enough cuts nothing", a_limit_that_is_enough_cuts_nothing},
	{"states are counted exactly", states_are_counted_exactly},
	{"a plan of zeroes bounds nothing", a_plan_of_zeroes_bounds_nothing},
	{"no preemption is a bound", no_preemption_is_a_bound},
	{"what does not fit is refused", what_does_not_fit_is_refused},
	{"memory that cannot be is refused", memory_that_cannot_be_is_refused},
	{"depth is not clamped", depth_is_not_clamped},
	{"samples that were cut short do not count", samples_that_were_cut_short_are_no_samples},
	{"minimising keeps to its executions", minimising_keeps_to_its_executions},
	{"stopped at the next bound proves nothing", stopped_at_the_next_bound_is_no_proof},
	{"one deadline is for all", one_deadline_is_for_all},
	{"time that is up minimises nothing", time_that_is_up_minimises_nothing},
};

TESTS(tests)
