/* SPDX-License-Identifier: MIT */
/* A schedule that is known is made shorter, where there are too many to try all by rising bounds.
 */
#include <errno.h>

#include "check.h"
#include "explore.h"

#define THREADS 8
#define MANY 12
#define SEEN 9	       /* the first among them */
#define TOO_FEW 3000   /* executions: without a preemption there are 8! */
#define SHORTEN_ONLY 3 /* executions: two threads are not looked at by themselves */

struct memory {
	struct machine machine;
	struct word count, first, second, taken, ended[SEEN];
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

static const struct site torn = {.func = "add_twice", .text = "another came in between"};

/* Each thread adds one, and one more, and is sure that nobody came in between. */
static uint64_t add_twice(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct word *count = &((struct memory *)memory)->count;
	uint64_t first = word_update(t, count, plus, 1, ORDER_SEQ_CST, SITE("one"));
	uint64_t second = word_update(t, count, plus, 1, ORDER_SEQ_CST, SITE("another"));

	(void)context;
	(void)cpu;
	if (second != first + 1)
		machine_fault(t, FAULT_CHECK_FAILED, &torn, "another came in between");
	return 0;
}

static const struct explore_model model = {.threads = THREADS,
					   .memory_bytes = sizeof(struct memory),
					   .init = init,
					   .thread = add_twice};

/* A fault as random search meets it, with more preemptions than it takes. */
static struct explore_fault met_at_random(struct explore_report *report)
{
	struct explore_plan plan = {.strategy = EXPLORE_RANDOM, .executions_max = TOO_FEW};

	for (plan.seed = 1; plan.seed < 100; plan.seed++) {
		CHECK_EQ(explore(&model, &plan, report), 0);
		CHECK_EQ(report->fault_count, 1);
		if (report->fault[0].preemptions > 2)
			return report->fault[0];
		explore_report_free(report);
	}
	CHECK(false);
	return (struct explore_fault){0};
}

static void fewer_preemptions_where_not_all_are_tried(void)
{
	struct explore_plan plan = {.executions_max = SHORTEN_ONLY};
	struct explore_report report;
	struct explore_fault found = met_at_random(&report), least;
	bool proven;

	CHECK_EQ(explore_minimise(&model, &plan, found.kind, &least, &proven), -ENOENT);
	plan.from = &found.schedule;
	CHECK_EQ(explore_minimise(&model, &plan, found.kind, &least, &proven), 0);
	CHECK(!proven);
	CHECK_EQ(least.preemptions, 1);
	CHECK_EQ(least.steps, 4);
	CHECK_EQ(least.kind, found.kind);
	CHECK_PTR(least.site, &torn);
	schedule_free(&least.schedule);
	explore_report_free(&report);
}

/* What it cannot make of it is what it was. */
static void a_schedule_without_the_fault(void)
{
	struct schedule as_it_comes = {0};
	struct explore_plan plan = {.executions_max = TOO_FEW, .from = &as_it_comes};
	struct explore_fault least;
	bool proven;

	CHECK_EQ(explore_minimise(&model, &plan, FAULT_CHECK_FAILED, &least, &proven), -ENOENT);
	CHECK(!proven);
}

static void what_is_proven_stays(void)
{
	struct explore_model two = model;
	struct explore_plan plan = {.strategy = EXPLORE_RANDOM, .executions_max = TOO_FEW};
	struct explore_report report;
	struct explore_fault least;
	bool proven;

	two.threads = 2;
	CHECK_EQ(explore(&two, &plan, &report), 0);
	CHECK_EQ(report.fault_count, 1);
	/* As many executions as the proof takes are enough with a schedule, too. */
	plan.executions_max = 0;
	do {
		plan.executions_max++;
		if (!explore_minimise(&two, &plan, FAULT_CHECK_FAILED, &least, &proven))
			schedule_free(&least.schedule);
	} while (!proven);
	plan.from = &report.fault[0].schedule;
	CHECK_EQ(explore_minimise(&two, &plan, FAULT_CHECK_FAILED, &least, &proven), 0);
	CHECK(proven);
	CHECK_EQ(least.preemptions, 1);
	CHECK_EQ(least.steps, 4);
	schedule_free(&least.schedule);
	explore_report_free(&report);
}

static const struct site twice = {.func = "take_once", .text = "it was taken twice"};

/* A thread that sees both words unset takes it; two do if one comes in between twice. */
static uint64_t takes_before(struct memory *m, struct task *t)
{
	if (word_read(t, &m->first, ORDER_SEQ_CST, SITE("first")))
		return 0;
	word_write(t, &m->first, 1, ORDER_SEQ_CST, SITE("first"));
	if (word_read(t, &m->second, ORDER_SEQ_CST, SITE("second")))
		return 0;
	word_write(t, &m->second, 1, ORDER_SEQ_CST, SITE("second"));
	return word_update(t, &m->taken, plus, 1, ORDER_SEQ_CST, SITE("take"));
}

static uint64_t take_once(void *context, void *memory, struct task *t, uint32_t cpu)
{
	(void)context;
	(void)cpu;
	if (takes_before(memory, t))
		machine_fault(t, FAULT_CHECK_FAILED, &twice, "it was taken twice");
	return 0;
}

/* The first thread waits for the others, one after another, and sees it. */
static uint64_t take_once_and_see(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct memory *m = memory;

	(void)context;
	if (cpu) {
		takes_before(m, t);
		word_write(t, &m->ended[cpu], 1, ORDER_SEQ_CST, SITE("end"));
		return 0;
	}
	for (uint32_t other = 1; other < SEEN; other++)
		while (!word_read(t, &m->ended[other], ORDER_SEQ_CST, SITE("ended")))
			await_change(t, &m->ended[other], 0);
	if (word_read(t, &m->taken, ORDER_SEQ_CST, SITE("taken")) > 1)
		machine_fault(t, FAULT_CHECK_FAILED, &twice, "it was taken twice");
	return 0;
}

/* Among many threads one change to a schedule is not always enough to make it shorter. */
static void least_of_many(uint32_t seeds, uint32_t threads, uint64_t executions_max,
			  uint64_t (*thread)(void *, void *, struct task *, uint32_t))
{
	struct explore_model many = model;
	struct explore_plan random = {.strategy = EXPLORE_RANDOM, .executions_max = TOO_FEW};

	many.threads = threads;
	many.thread = thread;
	for (random.seed = 1; random.seed <= seeds; random.seed++) {
		struct explore_plan plan = {.executions_max = executions_max};
		struct explore_report report;
		struct explore_fault least;
		bool proven;

		CHECK_EQ(explore(&many, &random, &report), 0);
		CHECK_EQ(report.fault_count, 1);
		plan.from = &report.fault[0].schedule;
		CHECK_EQ(explore_minimise(&many, &plan, FAULT_CHECK_FAILED, &least, &proven), 0);
		CHECK(!proven);
		CHECK_EQ(least.preemptions, 2);
		schedule_free(&least.schedule);
		explore_report_free(&report);
	}
}

static void two_of_many_threads(void)
{
	least_of_many(20, MANY, 40000, take_once);
}

static void two_that_the_first_waits_for(void)
{
	least_of_many(5, SEEN, 160000, take_once_and_see);
}

static const struct test tests[] = {
	{"fewer preemptions where not all are tried", fewer_preemptions_where_not_all_are_tried},
	{"a schedule without the fault", a_schedule_without_the_fault},
	{"what is proven stays", what_is_proven_stays},
	{"two of many threads", two_of_many_threads},
	{"two that the first waits for", two_that_the_first_waits_for},
};
TESTS(tests)
