/* SPDX-License-Identifier: MIT */
/* Programs that do not do the same when they are run the same way: an error, never "exhausted". */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "explore.h"
#include "twice.h"

enum whim { LAZY, COIN, COUNTING, LATE, ONCE, FICKLE_CHECK, NONE, WHIMS };

/* Where a fault comes in one execution alone. */
enum ghost { NO_GHOST, IN_THREAD, IN_CHECK, IN_BEFORE, GHOSTS };

/* What survives from one execution to the next, and is not a word. */
static enum whim whim;
static enum ghost ghost;
static uint32_t calls, coin, late_at, ghosts;
static bool warm;

struct memory {
	struct machine machine;
	struct word x, y;
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct memory *m = memory;

	(void)context;
	machine_init(&m->machine, &nobody);
	return &m->machine;
}

static bool takes_the_slow_path(void)
{
	bool first = !warm;

	warm = true;
	coin = coin * 1664525 + 1013904223;
	calls++;
	switch (whim) {
	case LAZY:
		return first;
	case COIN:
		return coin >> 31;
	case LATE:
		return calls >= late_at;
	case ONCE:
		return calls == late_at;
	default:
		return false;
	}
}

static bool appears(enum ghost here)
{
	return ghost == here && ++ghosts == late_at;
}

static void add(struct task *t, struct word *w)
{
	point(t, POINT_RMW, w, SITE("x++"));
	observe(t, word_add(t, w, 1));
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct memory *m = memory;

	(void)context;
	if (takes_the_slow_path() && (cpu == 1 || whim == LAZY || whim == ONCE)) {
		point(t, POINT_WRITE, &m->y, SITE("the slow path writes y"));
		word_store(t, &m->y, 1);
	}
	add(t, &m->x);
	if (whim == COUNTING) {
		point(t, POINT_WRITE, &m->y, SITE("y = calls"));
		word_store(t, &m->y, calls);
	}
	point(t, POINT_READ, &m->y, SITE("y"));
	observe(t, word_load(t, &m->y));
	if (appears(IN_THREAD))
		machine_fault(t, FAULT_DOUBLE_FREE, SITE("a ghost"), "once");
	add(t, &m->x);
	return 0;
}

static const struct site *check(void *context, void *memory, struct task *closer)
{
	(void)context;
	(void)memory;
	(void)closer;
	if (appears(IN_CHECK))
		return SITE("a ghost");
	return whim == FICKLE_CHECK && ++calls % 3 == 0 ? SITE("refused now and then") : NULL;
}

static void before(void *context, void *memory, struct task *t)
{
	(void)context;
	(void)memory;
	if (appears(IN_BEFORE))
		machine_fault(t, FAULT_DOUBLE_FREE, SITE("a ghost"), "once");
}

static int explore_whim(struct explore_plan plan, struct explore_report *report)
{
	struct explore_model model = {.threads = 3,
				      .memory_bytes = sizeof(struct memory),
				      .init = init,
				      .before = before,
				      .thread = thread,
				      .check = check};

	warm = false;
	calls = ghosts = 0;
	coin = 1;
	plan.all_faults = true;
	return explore(&model, &plan, report);
}

static struct explore_plan plan_of(enum explore_strategy strategy)
{
	struct explore_plan plan = {.strategy = strategy, .executions_max = 5000};

	if (strategy == EXPLORE_DFS)
		plan.preemptions_max = UINT32_MAX;
	return plan;
}

/* Whether nothing differs: a stateful search starts its threads once. */
static bool is_the_same(enum explore_strategy strategy)
{
	return whim == NONE || (whim == ONCE && strategy == EXPLORE_STATEFUL);
}

static void check_whim(enum explore_strategy strategy, bool run_on)
{
	bool same = is_the_same(strategy);
	struct explore_plan plan = plan_of(strategy);
	struct explore_report report;
	int r;

	plan.run_on = run_on;
	r = explore_whim(plan, &report);
	if (!CHECK_EQ(r, same ? 0 : -ESTALE))
		printf("  %s: whim %d, run on %d\n", explore_strategy_name(strategy), whim, run_on);
	CHECK(same ? !report.differs[0] : strstr(report.differs, "step") != NULL);
	CHECK(same || !report.exhausted);
	if (whim == LAZY)
		CHECK(strstr(report.differs, "the slow path writes y") != NULL);
	if (r != -ESTALE)
		explore_report_free(&report);
}

static void every_strategy(void)
{
	late_at = 2 + 3 * 4;
	for (uint32_t w = 0; w < WHIMS; w++)
		for (uint32_t strategy = 0; strategy < EXPLORE_STRATEGIES; strategy++) {
			whim = (enum whim)w;
			if (whim == ONCE)
				continue;
			check_whim((enum explore_strategy)strategy, false);
			check_whim((enum explore_strategy)strategy, true);
		}
}

/* What changes in the middle of a search shows where it comes back to what it has been through. */
static void in_the_middle(void)
{
	static const enum explore_strategy comes_back[] = {EXPLORE_DFS, EXPLORE_DPOR};

	whim = LATE;
	for (uint32_t i = 0; i < 2; i++)
		for (late_at = 20; late_at < 60; late_at++)
			check_whim(comes_back[i], false);
}

/*
 * One call of some hundred differs, and none before or after it: searches that come back to what
 * they have been through see it.
 */
static void once_and_late(void)
{
	static const enum explore_strategy comes_back[] = {EXPLORE_DFS, EXPLORE_DPOR};

	whim = ONCE;
	for (uint32_t i = 0; i < 2; i++)
		for (late_at = 198; late_at <= 203; late_at++)
			check_whim(comes_back[i], false);
}

static const enum explore_strategy samples[] = {EXPLORE_RANDOM, EXPLORE_STICKY, EXPLORE_PCT};

/* How many calls of three threads have begun when a sample begins its execution @n. */
static uint32_t calls_before(uint32_t n)
{
	uint32_t at_once = n < TWICE_FIRST ? n : TWICE_FIRST;

	/* Threads are counted, and the default schedule is run twice. */
	return 3 + 3 * (2 + n + at_once + 2 * (n / TWICE_EVERY));
}

/* The first executions of what samples, and the hunts of a portfolio, are all run twice. */
static void once_among_the_first(void)
{
	whim = ONCE;
	for (late_at = 20; late_at < calls_before(TWICE_FIRST) - 3; late_at += 31) {
		for (uint32_t i = 0; i < 3; i++)
			check_whim(samples[i], false);
		check_whim(EXPLORE_PORTFOLIO, false);
	}
}

/* What changes for good is seen by executions that were kept before, up to the end. */
static void for_good_and_late(void)
{
	static const uint32_t changes[] = {300, 1020, 1030, 2500, 4097, 4500, 4980};

	whim = LATE;
	for (uint32_t i = 0; i < 3; i++)
		for (uint32_t k = 0; k < sizeof(changes) / sizeof(changes[0]); k++) {
			struct explore_report report;

			late_at = calls_before(changes[k]);
			CHECK_EQ(explore_whim(plan_of(samples[i]), &report), -ESTALE);
			CHECK(report.executions <= changes[k] + TWICE_EVERY);
		}
	/* Behind the hunts only the end is left. */
	late_at = calls_before(TWICE_FIRST) + 20;
	check_whim(EXPLORE_PORTFOLIO, false);
	late_at = 3 + 3 * 3 + 1;
	check_whim(EXPLORE_STATEFUL, false);
}

/* A fault that a report names has come twice: its schedule is run again. */
static void a_fault_comes_again(void)
{
	static const uint32_t at[GHOSTS] = {[IN_THREAD] = 14, [IN_CHECK] = 4, [IN_BEFORE] = 1};
	static const char again[] = "its schedule did not when it was run again";

	whim = NONE;
	for (ghost = IN_THREAD; ghost < GHOSTS; ghost++)
		for (uint32_t s = 0; s < EXPLORE_STRATEGIES; s++) {
			struct explore_plan plan = plan_of((enum explore_strategy)s);
			struct explore_report report;

			late_at = at[ghost];
			if (!CHECK_EQ(explore_whim(plan, &report), -ESTALE))
				printf("  %s: ghost %d\n", explore_strategy_name(plan.strategy),
				       ghost);
			/* What samples sees it at once, where it runs an execution again. */
			CHECK(s != EXPLORE_STATEFUL || ghost != IN_THREAD ||
			      strstr(report.differs, again));
			CHECK(ghost != IN_BEFORE || strstr(report.differs, "`before` met double"));
			CHECK(!report.exhausted && !report.fault_count);
		}
	ghost = NO_GHOST;
}

static const struct test tests[] = {
	{"every strategy", every_strategy},	  {"in the middle", in_the_middle},
	{"once and late", once_and_late},	  {"once among the first", once_among_the_first},
	{"for good and late", for_good_and_late}, {"a fault comes again", a_fault_comes_again},
};
TESTS(tests)
