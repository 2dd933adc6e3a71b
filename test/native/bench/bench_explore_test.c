/* SPDX-License-Identifier: MIT */
/*
 * Every lock under the explorer, from the very source that is measured: all interleavings of two
 * and three threads. Exclusion, no deadlock, and the order of arrival where it is claimed.
 */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "explore.h"
#include "lock.h"

#define THREADS_MAX 3
#define LOCK_BYTES 1024

/* What the threads share. */
struct court {
	struct machine machine;
	struct arrivals arrivals;
	struct word counter; /* incremented under the lock, in two steps */
	struct word went;
	struct word out_of_order;
	_Alignas(LINE_BYTES) struct node nodes[THREADS_MAX + 1];
	_Alignas(LINE_BYTES) char lock[LOCK_BYTES];
};

/* A thread's own memory. */
struct party {
	struct task task;
	struct locker locker;
};

/* Thread 0 takes the lock @first times, the others @others times. */
struct trial {
	const struct lock_row *row;
	uint32_t threads, first, others;
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	const struct trial *trial = context;
	struct court *court = memory;

	machine_init(&court->machine, &nobody);
	trial->row->ops->make(court->lock, court->nodes, trial->threads);
	return &court->machine;
}

static void enter(void *context, void *memory, struct task *local, uint32_t cpu)
{
	const struct trial *trial = context;
	struct party *party = (struct party *)local;
	struct court *court = memory;

	task_init(&party->task, &court->machine, cpu);
	if (cpu == trial->threads)
		return;
	locker_init(&party->locker, court->nodes, cpu, 1000);
	party->locker.task = &party->task;
	party->locker.arrivals = &court->arrivals;
}

/* Two steps, so that a second one inside is seen. In the second it also signs for its turn. */
static void visit(struct task *t, struct court *court, uint32_t cpu, bool fifo)
{
	uint64_t value, went;

	value = word_read(t, &court->counter, ORDER_RELAXED, SITE("counter"));
	word_point(t, POINT_WRITE, &court->counter, ORDER_RELAXED, SITE("counter = value + 1"));
	word_store(t, &court->counter, value + 1);
	if (!fifo)
		return;
	went = word_peek(&court->went);
	if (word_peek(&court->arrivals.order[went % ARRIVALS_MAX]) != cpu)
		word_store(t, &court->out_of_order, 1);
	word_store(t, &court->went, went + 1);
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct trial *trial = context;
	struct party *party = (struct party *)t;
	struct court *court = memory;

	for (uint32_t turn = 0; turn < (cpu ? trial->others : trial->first); turn++) {
		trial->row->ops->acquire(court->lock, &party->locker);
		visit(t, court, cpu, trial->row->fifo);
		trial->row->ops->release(court->lock, &party->locker);
	}
	return 0;
}

static const struct site *check(void *context, void *memory, struct task *t)
{
	const struct trial *trial = context;
	struct court *court = memory;

	(void)t;
	if (word_peek(&court->counter) != trial->first + (trial->threads - 1) * trial->others)
		return SITE("mutual exclusion");
	if (word_peek(&court->out_of_order))
		return SITE("order of arrival");
	return NULL;
}

/* Explore @trial. Returns the kinds of fault that can be reached, as a mask. */
static uint32_t explore_trial(struct trial trial, enum explore_strategy strategy)
{
	struct explore_model model = {
		.threads = trial.threads,
		.memory_bytes = sizeof(struct court),
		.local_bytes = sizeof(struct party),
		.init = init,
		.enter = enter,
		.thread = thread,
		.check = check,
		.context = &trial,
	};
	struct explore_plan plan = {.strategy = strategy, .all_faults = true};
	struct explore_report report;
	uint32_t kinds;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	printf("  %-14s %u threads, %u and %u turns  %-9s executions %llu states %llu%s\n",
	       trial.row->slug, trial.threads, trial.first, trial.others,
	       explore_strategy_name(strategy), (unsigned long long)report.executions,
	       (unsigned long long)report.states, report.exhausted ? "" : " cut off");
	for (uint32_t i = 0; i < report.fault_count; i++)
		printf("    %s: %s, %s\n", explore_fault_name(report.fault[i].kind),
		       report.fault[i].site->text, report.fault[i].site->func);
	CHECK(report.exhausted);
	kinds = report.fault_kinds;
	explore_report_free(&report);
	return kinds;
}

static void each_lock(uint32_t threads, uint32_t first, uint32_t others,
		      enum explore_strategy strategy)
{
	for (uint32_t i = 0; i < LOCK_COUNT; i++) {
		const struct lock_row *row = &lock_table[i];
		bool control = row->class == LOCK_CONTROL;
		struct trial trial = {row, threads, first, others};

		if (!row->reference)
			CHECK_EQ(explore_trial(trial, strategy), control ? 1u << FAULT_CHECK : 0);
	}
}

static void two_threads(void)
{
	each_lock(2, 2, 2, EXPLORE_STATEFUL);
	each_lock(2, 2, 2, EXPLORE_DPOR);
}

static void three_threads(void)
{
	each_lock(3, 1, 1, EXPLORE_STATEFUL);
	each_lock(3, 2, 1, EXPLORE_STATEFUL);
}

/* --- locks with a flaw each, which the test has to find --- */

struct flawed {
	struct atom state, next;
};

static void flawed_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct flawed *l = lock;

	(void)nodes;
	(void)threads;
	atom_init(&l->state, 0);
	atom_init(&l->next, 0);
}

/* Looks, then sets: not in one step. */
static void look_then_set(void *lock, struct locker *me)
{
	struct flawed *l = lock;
	uint32_t taken;

	spin_until(me, taken, &l->state, !taken);
	atom_store(me, &l->state, 1);
}

static void set_free(void *lock, struct locker *me)
{
	struct flawed *l = lock;

	atom_store(me, &l->state, 0);
}

/* Draws a number, but swaps for the lock. */
static void number_for_nothing(void *lock, struct locker *me)
{
	struct flawed *l = lock;

	atom_add(me, &l->next, 1);
	arrive(me);
	while (atom_swap(me, &l->state, 1))
		relax(me, &l->state, 1);
}

/* futex3 that forgets that others may sleep, too, when it wakes up: Drepper's first mutex. */
static void sleep_and_forget(void *lock, struct locker *me)
{
	struct flawed *l = lock;

	while (atom_cas(me, &l->state, 0, 1) != 0)
		if (atom_cas(me, &l->state, 1, 2) != 0)
			futex_wait(me, &l->state, 2);
}

static void wake_if_slept(void *lock, struct locker *me)
{
	struct flawed *l = lock;

	if (atom_swap(me, &l->state, 0) == 2)
		futex_wake(me, &l->state);
}

/* A ticket of which the holder that has a follower calls one too many. */
static void call_two(void *lock, struct locker *me)
{
	struct flawed *l = lock;
	uint32_t called = atom_load(me, &l->state);

	atom_store(me, &l->state, called + (atom_load(me, &l->next) > called + 2 ? 2 : 1));
}

static void wait_for_number(void *lock, struct locker *me)
{
	struct flawed *l = lock;
	uint32_t mine = atom_add(me, &l->next, 1), called;

	arrive(me);
	spin_until(me, called, &l->state, called == mine);
}

static void flaws_are_found(void)
{
	static const struct {
		struct lock_ops ops;
		const char *name;
		uint32_t kinds;
	} flaws[] = {
		{{.bytes = 64, .make = flawed_make, .acquire = look_then_set, .release = set_free},
		 "look, set",
		 1u << FAULT_CHECK},
		{{.bytes = 64,
		  .make = flawed_make,
		  .acquire = number_for_nothing,
		  .release = set_free},
		 "unordered",
		 1u << FAULT_CHECK},
		{{.bytes = 64,
		  .make = flawed_make,
		  .acquire = sleep_and_forget,
		  .release = wake_if_slept},
		 "lost wake",
		 1u << FAULT_DEADLOCK},
		{{.bytes = 64,
		  .make = flawed_make,
		  .acquire = wait_for_number,
		  .release = call_two},
		 "skips one",
		 1u << FAULT_DEADLOCK},
	};

	for (unsigned int i = 0; i < sizeof(flaws) / sizeof(flaws[0]); i++) {
		struct lock_row row = {.slug = flaws[i].name,
				       .fifo = flaws[i].ops.acquire != look_then_set &&
					       flaws[i].ops.acquire != sleep_and_forget,
				       .ops = &flaws[i].ops};
		struct trial trial = {&row, 3, 1, 1};

		CHECK_EQ(explore_trial(trial, EXPLORE_STATEFUL), flaws[i].kinds);
		CHECK_EQ(explore_trial(trial, EXPLORE_DPOR), flaws[i].kinds);
	}
}

static const struct test tests[] = {
	{"two threads, all interleavings", two_threads},
	{"three threads, all interleavings", three_threads},
	{"flaws are found", flaws_are_found},
};
TESTS(tests)
