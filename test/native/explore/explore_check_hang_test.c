/* SPDX-License-Identifier: MIT */
/* A check that never comes back: a fault that names where it stands, within the time limit. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "clock.h"
#include "explore.h"

#define LIMIT_MS 5000

enum hang { LOCKS_FREE, LOCKS_HELD, AWAITS, READS_FOR_EVER, HANGS };

static enum hang hang;

struct memory {
	struct machine machine;
	struct mutex lock;
	struct word x;
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct memory *m = memory;

	(void)context;
	machine_init(&m->machine, &nobody);
	mutex_init(&m->lock);
	return &m->machine;
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct memory *m = memory;

	(void)context;
	if (cpu == 0 && hang == LOCKS_HELD)
		mutex_lock(t, &m->lock);
	point(t, POINT_RMW, &m->x, SITE("x++"));
	observe(t, word_add(t, &m->x, 1));
	return 0;
}

static const struct site *check(void *context, void *memory, struct task *t)
{
	struct memory *m = memory;

	(void)context;
	if (hang == LOCKS_FREE || hang == LOCKS_HELD) {
		mutex_lock(t, &m->lock);
		mutex_unlock(t, &m->lock);
	}
	if (hang == AWAITS && !await_change(t, &m->x, 2))
		return SITE("waited for nobody");
	while (hang == READS_FOR_EVER) {
		point(t, POINT_READ, &m->x, SITE("reads x again"));
		if (word_peek(&m->x) != 2)
			break;
	}
	return NULL;
}

static struct explore_report look(enum explore_strategy strategy)
{
	struct explore_model model = {.threads = 2,
				      .memory_bytes = sizeof(struct memory),
				      .init = init,
				      .thread = thread,
				      .check = check};
	struct explore_plan plan = {.strategy = strategy, .time_ms_max = LIMIT_MS};
	struct explore_report report;
	uint64_t began = monotonic_ns();

	if (strategy_table[strategy].samples)
		plan.executions_max = 100;
	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK(monotonic_ns() - began < LIMIT_MS * UINT64_C(1000000));
	return report;
}

static void every_hang(void)
{
	static const uint32_t kinds[HANGS] = {0, 1u << FAULT_LOCK_MISUSE, 1u << FAULT_CHECK,
					      1u << FAULT_DEADLOCK};

	for (hang = LOCKS_FREE; hang < HANGS; hang++)
		for (uint32_t s = 0; s < EXPLORE_STRATEGIES; s++) {
			struct explore_report report = look((enum explore_strategy)s);

			CHECK_EQ(report.fault_kinds, kinds[hang]);
			if (hang == READS_FOR_EVER && CHECK_EQ(report.fault_count, 1))
				CHECK(!strcmp(report.fault[0].site->text, "reads x again"));
			explore_report_free(&report);
		}
}

#define HANG_MS 100
#define WAIT_MS 20000

/* Where the model loops without points. The test leaves the loop when the watch reports it. */
enum loop { IN_BEFORE, IN_START, IN_THREAD, IN_CHECK, LOOPS };

static enum loop loop;
static volatile bool reported;
static uint32_t reports;
static char said[400];

static void hangs(void *context, const char *text)
{
	(void)context;
	snprintf(said, sizeof(said), "%s", text);
	reports++;
	reported = true;
}

/* Goes on for twice the time after which a hang is reported: a second report would show. */
static void go_round(void)
{
	uint64_t began = monotonic_ns();

	while (!reported && monotonic_ns() - began < WAIT_MS * UINT64_C(1000000))
		;
	for (began = monotonic_ns(); monotonic_ns() - began < 2 * HANG_MS * UINT64_C(1000000);)
		;
}

static void before(void *context, void *memory, struct task *t)
{
	(void)context;
	(void)memory;
	(void)t;
	if (loop == IN_BEFORE && !reported)
		go_round();
}

static uint64_t round_and_round(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct memory *m = memory;

	(void)context;
	if (loop == IN_START && cpu == 1 && !reported)
		go_round();
	point(t, POINT_RMW, &m->x, SITE("x++"));
	observe(t, word_add(t, &m->x, 1));
	if (loop == IN_THREAD && cpu == 1 && !reported)
		go_round();
	point(t, POINT_READ, &m->x, SITE("x"));
	observe(t, word_load(t, &m->x));
	return 0;
}

static const struct site *check_loop(void *context, void *memory, struct task *t)
{
	(void)context;
	(void)memory;
	(void)t;
	if (loop == IN_CHECK && !reported)
		go_round();
	return NULL;
}

static void look_at_loop(enum explore_strategy strategy, uint32_t hang_ms)
{
	struct explore_model model = {.threads = 2,
				      .memory_bytes = sizeof(struct memory),
				      .init = init,
				      .before = before,
				      .thread = round_and_round,
				      .check = check_loop};
	struct explore_plan plan = {.strategy = strategy, .hang_ms = hang_ms, .hangs = hangs};
	struct explore_report report;

	/* It goes on for longer than a hang would take. */
	if (strategy == EXPLORE_RANDOM) {
		plan.executions_max = UINT64_MAX;
		plan.time_ms_max = 2 * hang_ms;
	}
	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK_EQ(report.fault_kinds, 0);
	explore_report_free(&report);
}

/* A loop without points is named; when it ends, the search goes on as before. */
static void loops_are_named(void)
{
	static const char *const says[LOOPS] = {
		[IN_BEFORE] = "`before` has not come to its end for 1",
		[IN_START] = "cpu2 has not come to its first point for 1",
		[IN_THREAD] = ("cpu2 has not come to another point after step 3, \"x++\" in "
			       "round_and_round, for 1"),
		[IN_CHECK] = "`check` has not come to its end for 1"};

	for (loop = IN_BEFORE; loop < LOOPS; loop++) {
		reported = false;
		reports = 0;
		look_at_loop(EXPLORE_STATEFUL, HANG_MS);
		CHECK_EQ(reports, 1);
		if (!CHECK(strstr(said, says[loop]) != NULL))
			printf("  %s\n", said);
	}
}

/* A search that goes on is never reported as a hang, nor is one that is not watched. */
static void what_goes_on_is_not_reported(void)
{
	static const enum explore_strategy strategy[] = {EXPLORE_RANDOM, EXPLORE_STATEFUL,
							 EXPLORE_DPOR};

	reported = true;
	reports = 0;
	for (uint32_t i = 0; i < 3; i++)
		look_at_loop(strategy[i], 2 * HANG_MS);
	look_at_loop(EXPLORE_STATEFUL, EXPLORE_NOT_WATCHED);
	CHECK_EQ(reports, 0);
}

static const struct test tests[] = {
	{"every hang", every_hang},
	{"loops are named", loops_are_named},
	{"what goes on is not reported", what_goes_on_is_not_reported},
};

TESTS(tests)
