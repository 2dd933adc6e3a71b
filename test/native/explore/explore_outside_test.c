/* SPDX-License-Identifier: MIT */
/*
 * What a program that is not written for the explorer asks of it: ends in the middle, reports that
 * let it go on, names for what nobody can go on from.
 */
#include <errno.h>
#include <string.h>

#include "check.h"
#include "explore.h"
#include "gates.h"

#define OUTCOMES_MAX 64

struct memory {
	struct machine machine;
	struct word word[4];
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;

	(void)context;
	machine_init(&((struct memory *)memory)->machine, &nobody);
	return memory;
}

static uint64_t plus(uint64_t value, uint64_t by)
{
	return value + by;
}

static struct word *word_of(void *memory, uint32_t at)
{
	return &((struct memory *)memory)->word[at];
}

/* The different ends of a search, as sums of what its words hold. */
struct ends {
	uint64_t seen[OUTCOMES_MAX];
	uint32_t count, faulty;
};

static void note_end(void *context, struct fibers *f, bool faulted)
{
	struct ends *ends = context;
	const struct word *word = ((const struct memory *)f->hot.memory)->word;
	uint64_t sum = word[0].value + 16 * word[1].value + 256 * word[2].value;

	ends->faulty += faulted;
	for (uint32_t i = 0; i < ends->count; i++)
		if (ends->seen[i] == sum)
			return;
	if (ends->count < OUTCOMES_MAX)
		ends->seen[ends->count++] = sum;
}

static void put_back(void *context)
{
	(void)context;
}

/* Thread 0 ends everything after a step of its own, whatever the others have done by then. */
static uint64_t end_early(void *context, void *memory, struct task *t, uint32_t cpu)
{
	(void)context;
	if (cpu == 0) {
		word_update(t, word_of(memory, 0), plus, 1, ORDER_SEQ_CST, SITE("first"));
		point(t, POINT_STOP, word_of(memory, 3), SITE("the end"));
		fibers_end(t);
	}
	word_update(t, word_of(memory, 0), plus, 2, ORDER_SEQ_CST, SITE("second"));
	word_update(t, word_of(memory, cpu), plus, 1, ORDER_SEQ_CST, SITE("third"));
	return 0;
}

static void an_end_for_all(void)
{
	struct ends by_dfs = {0}, by_dpor = {0};
	struct explore_model model = {.threads = 3,
				      .memory_bytes = sizeof(struct memory),
				      .init = init,
				      .thread = end_early,
				      .put_back = put_back,
				      .outcome = note_end,
				      .context = &by_dfs};
	struct explore_plan plan = {.strategy = EXPLORE_DFS, .collect = true};
	struct explore_report dfs, dpor;

	CHECK_EQ(explore(&model, &plan, &dfs), 0);
	plan.strategy = EXPLORE_DPOR;
	model.context = &by_dpor;
	CHECK_EQ(explore(&model, &plan, &dpor), 0);
	CHECK(dfs.exhausted && dpor.exhausted);
	CHECK_EQ(dfs.fault_count, 0);
	CHECK_EQ(dpor.fault_count, 0);
	CHECK_EQ(dpor.traces, dfs.traces);
	CHECK_EQ(dpor.finals, dfs.finals);
	/* Each of the others has done nothing, one step or both; which did one does not show. */
	CHECK_EQ(by_dfs.count, 8);
	CHECK_EQ(by_dpor.count, by_dfs.count);
	CHECK_EQ(by_dfs.faulty, 0);
	explore_report_free(&dfs);
	explore_report_free(&dpor);
}

/* Where the first that runs ends everything, the others stand at their first points. */
static uint64_t end_at_once(void *context, void *memory, struct task *t, uint32_t cpu)
{
	(void)context;
	if (cpu == 1) {
		word_update(t, word_of(memory, 0), plus, 1, ORDER_SEQ_CST, SITE("step"));
		return 0;
	}
	fibers_spawn(t, 1);
	point(t, POINT_STOP, word_of(memory, 3), SITE("the end"));
	fibers_end(t);
}

static void two_threads_though_one_ends_all(void)
{
	struct explore_model model = {.threads = 2,
				      .begins = 1,
				      .memory_bytes = sizeof(struct memory),
				      .init = init,
				      .thread = end_at_once};
	struct explore_plan plan = {.strategy = EXPLORE_DPOR};
	struct explore_report report;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK_EQ(report.executions, 2);
	explore_report_free(&report);
}

static void in_a_call(struct task *t)
{
	fibers_quit(t, 0);
}

static uint64_t quit(void *context, void *memory, struct task *t, uint32_t cpu)
{
	(void)context;
	word_update(t, word_of(memory, 0), plus, 1, ORDER_SEQ_CST, SITE("step"));
	if (cpu == 0)
		in_a_call(t);
	word_update(t, word_of(memory, 1), plus, 1, ORDER_SEQ_CST, SITE("behind"));
	return 0;
}

static void a_thread_that_quits(void)
{
	struct ends ends = {0};
	struct explore_model model = {.threads = 2,
				      .memory_bytes = sizeof(struct memory),
				      .init = init,
				      .thread = quit,
				      .outcome = note_end,
				      .context = &ends};
	struct explore_plan plan = {.strategy = EXPLORE_DFS};
	struct explore_report report;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK(report.exhausted);
	CHECK_EQ(ends.count, 1);
	CHECK_EQ(ends.seen[0], 2 + 16);
	explore_report_free(&report);
}

/* A slight fault, then a grave one. */
static uint64_t report_and_go_on(void *context, void *memory, struct task *t, uint32_t cpu)
{
	uint64_t first, second;

	(void)context;
	first = word_update(t, word_of(memory, 0), plus, 1, ORDER_SEQ_CST, SITE("step"));
	if (cpu == 0 && first)
		machine_report(t, FAULT_DATA_RACE, SITE("slight"), "came second");
	second = word_update(t, word_of(memory, 1), plus, 1, ORDER_SEQ_CST, SITE("behind"));
	if (cpu == 0 && first && !second)
		machine_fault(t, FAULT_CHECK, SITE("grave"), "came second, then first");
	return 0;
}

static void a_report_that_passes(void)
{
	struct ends ends = {0};
	struct explore_model model = {.threads = 2,
				      .memory_bytes = sizeof(struct memory),
				      .passes = 1u << FAULT_DATA_RACE,
				      .init = init,
				      .thread = report_and_go_on,
				      .put_back = put_back,
				      .outcome = note_end,
				      .context = &ends};
	struct explore_plan plan = {.strategy = EXPLORE_DFS, .passes = 1u << FAULT_DATA_RACE};
	struct explore_report report;
	struct explore_fault least;
	bool proven;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK_EQ(report.limit, LIMIT_FAULT);
	CHECK_EQ(report.fault_count, 2);
	CHECK_EQ(report.fault[0].kind, FAULT_DATA_RACE);
	CHECK_EQ(report.fault[report.fault_count - 1].kind, FAULT_CHECK);
	CHECK(report.fault[0].execution < report.fault[1].execution);
	/* What passed does not make an outcome that of a fault. */
	CHECK_EQ(ends.faulty, 1);
	explore_report_free(&report);
	CHECK_EQ(explore_minimise(&model, &plan, FAULT_DATA_RACE, &least, &proven), 0);
	CHECK(proven);
	CHECK_EQ(least.steps, 3);
	schedule_free(&least.schedule);
	/* The search ends with it, the execution does not: both are in the report. */
	plan.passes = 0;
	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK_EQ(report.limit, LIMIT_FAULT);
	CHECK_EQ(report.fault[0].kind, FAULT_DATA_RACE);
	CHECK_EQ(report.executions, report.fault[0].execution);
	explore_report_free(&report);
	/* Where the report ends the execution, nothing is behind it. */
	model.passes = 0;
	plan.all_faults = true;
	plan.strategy = EXPLORE_DPOR;
	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK(report.exhausted);
	CHECK_EQ(report.fault_count, 1);
	explore_report_free(&report);
}

static const struct site first_place = {.func = "f", .text = "one"},
			 other_place = {.func = "f", .text = "other"};
static const struct site *const here[] = {&first_place, &other_place};

static uint64_t two_places(void *context, void *memory, struct task *t, uint32_t cpu)
{
	uint64_t first, second;

	(void)context;
	first = word_update(t, word_of(memory, 0), plus, 1, ORDER_SEQ_CST, SITE("step"));
	second = word_update(t, word_of(memory, 0), plus, 1, ORDER_SEQ_CST, SITE("next"));
	if (cpu == 0 && second != first + 1)
		machine_fault(t, FAULT_CHECK, here[1], "the other came in between");
	if (cpu == 0 && first)
		machine_fault(t, FAULT_CHECK, here[0], "the other came first");
	return 0;
}

static void the_fault_of_one_place(void)
{
	struct explore_model model = {.threads = 2,
				      .memory_bytes = sizeof(struct memory),
				      .init = init,
				      .thread = two_places};
	struct explore_plan plan = {0};
	struct explore_fault least;
	bool proven;

	for (uint32_t i = 0; i < 2; i++) {
		plan.at = here[i];
		CHECK_EQ(explore_minimise(&model, &plan, FAULT_CHECK, &least, &proven), 0);
		CHECK(proven && least.site == here[i]);
		CHECK_EQ(least.preemptions, i);
		schedule_free(&least.schedule);
	}
}

/* One waits at a gate, the other comes to its end. */
static uint64_t wait_in_vain(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct word *gate = word_of(memory, 1);

	(void)context;
	word_update(t, word_of(memory, 0), plus, 1, ORDER_SEQ_CST, SITE("step"));
	if (cpu == 1) {
		gate_close(t, gate);
		gate_take(t, gate, plus, 0, SITE("the gate"));
	}
	return 0;
}

static bool say_livelock(void *context, const struct fibers *f, struct fiber_fault *fault)
{
	CHECK_EQ(fault->kind, FAULT_DEADLOCK);
	CHECK_EQ(f->running, 2);
	fault->kind = FAULT_LIVELOCK;
	fault->site = context;
	fault->cpu = 1;
	return true;
}

static bool say_nothing(void *context, const struct fibers *f, struct fiber_fault *fault)
{
	(void)context;
	(void)f;
	(void)fault;
	return false;
}

static void what_it_is_that_nobody_can_go_on(void)
{
	static const struct site loop = {.func = "f", .text = "a loop"};
	struct explore_model model = {.threads = 2,
				      .memory_bytes = sizeof(struct memory),
				      .init = init,
				      .thread = wait_in_vain,
				      .context = (void *)&loop};
	struct explore_plan plan = {.strategy = EXPLORE_DPOR};
	struct explore_report report;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK_EQ(report.fault[0].kind, FAULT_DEADLOCK);
	explore_report_free(&report);
	model.stuck = say_livelock;
	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK_EQ(report.fault[0].kind, FAULT_LIVELOCK);
	CHECK_PTR(report.fault[0].site, &loop);
	CHECK_EQ(report.fault[0].cpu, 1);
	explore_report_free(&report);
	/* They stand there on purpose. */
	model.stuck = say_nothing;
	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK(report.exhausted && !report.fault_count);
	explore_report_free(&report);
}

static const struct test tests[] = {
	{"an end for all", an_end_for_all},
	{"two threads though one ends all", two_threads_though_one_ends_all},
	{"a thread that quits", a_thread_that_quits},
	{"a report that passes", a_report_that_passes},
	{"the fault of one place", the_fault_of_one_place},
	{"what it is that nobody can go on", what_it_is_that_nobody_can_go_on},
};
TESTS(tests)
