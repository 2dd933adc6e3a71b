/* SPDX-License-Identifier: MIT */
/*
 * Every lock under RC11, from the very source that is measured: exclusion, visibility of a plain
 * counter, and no thread that spins on the newest value for ever. The numbers of states are those
 * of the prototype of the design, which shares no code with the explorer, except for the futex
 * locks: there the prototype tells apart, in 1 to 2 of 100 states, what nobody can read any more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "explore.h"
#include "lock.h"

#define THREADS_MAX 4
#define LOCK_BYTES 1024

struct court {
	struct machine machine;
	struct word counter; /* plain: the lock alone orders it */
	_Alignas(LINE_BYTES) struct node nodes[THREADS_MAX + 1];
	_Alignas(LINE_BYTES) char lock[LOCK_BYTES];
};

struct party {
	struct task task;
	struct locker locker;
};

struct trial {
	const char *slug;
	uint32_t threads, rounds;
	uint64_t states;
	const struct lock_row *row;
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
}

static void count(struct task *t, struct word *counter)
{
	uint64_t value;

	point(t, POINT_READ_PLAIN, counter, SITE("counter"));
	value = observe(t, word_load(t, counter));
	point(t, POINT_WRITE_PLAIN, counter, SITE("counter = value + 1"));
	word_store(t, counter, value + 1);
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct trial *trial = context;
	struct party *party = (struct party *)t;
	struct court *court = memory;

	(void)cpu;
	for (uint32_t round = 0; round < trial->rounds; round++) {
		trial->row->ops->acquire(court->lock, &party->locker);
		count(t, &court->counter);
		trial->row->ops->release(court->lock, &party->locker);
		fibers_new_round(t, round << 8 | (uint64_t)(party->locker.node - court->nodes));
	}
	return 0;
}

static const struct site *check(void *context, void *memory, struct task *t)
{
	const struct trial *trial = context;
	const struct court *court = memory;

	(void)t;
	if (word_peek(&court->counter) != trial->threads * trial->rounds)
		return SITE("mutual exclusion");
	return NULL;
}

static const struct lock_row *row_of(const char *slug)
{
	for (uint32_t i = 0; i < LOCK_COUNT; i++)
		if (!strcmp(lock_table[i].slug, slug))
			return &lock_table[i];
	return NULL;
}

static struct explore_report explored(struct trial trial, enum explore_memory memory)
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
	struct explore_plan plan = {
		.strategy = EXPLORE_STATEFUL, .memory = memory, .all_faults = true};
	struct explore_report report;

	trial.row = row_of(trial.slug);
	CHECK_EQ(explore(&model, &plan, &report), 0);
	if (report.refused[0] || report.differs[0])
		printf("    %s%s\n", report.refused, report.differs);
	printf("  %-14s %ux%u  states %llu (%llu) steps %llu executions %llu faults %x sites %u "
	       "%.1f ms%s\n",
	       trial.slug, trial.threads, trial.rounds, (unsigned long long)report.states,
	       (unsigned long long)trial.states, (unsigned long long)report.steps,
	       (unsigned long long)report.executions, report.fault_kinds, report.site_count,
	       (double)report.elapsed_ns / 1e6, report.exhausted ? "" : " cut off");
	for (uint32_t i = 0; i < report.fault_count; i++)
		printf("    %s: %s, %s\n", explore_fault_name(report.fault[i].kind),
		       report.fault[i].site->text, report.fault[i].site->func);
	return report;
}

static void locks_are_clean(void)
{
	static const struct trial trials[] = {
		{"qspinlock", 4, 1, 730924, NULL},
		{"ttas", 2, 1, 8, NULL},
		{"ttas", 2, 2, 46, NULL},
		{"ttas", 3, 1, 65, NULL},
		{"tas", 2, 1, 4, NULL},
		{"tas", 2, 2, 14, NULL},
		{"tas", 3, 1, 8, NULL},
		{"ttas_backoff", 3, 1, 65, NULL},
		{"ttas_yield", 3, 1, 65, NULL},
		{"ticket", 2, 1, 16, NULL},
		{"ticket", 2, 2, 62, NULL},
		{"ticket", 3, 1, 68, NULL},
		{"ticket", 4, 1, 320, NULL},
		{"ticket_pb", 3, 1, 68, NULL},
		{"mcs", 2, 1, 24, NULL},
		{"mcs", 2, 2, 116, NULL},
		{"mcs", 3, 1, 185, NULL},
		{"mcs", 4, 1, 1918, NULL},
		{"mcs", 3, 2, 4547, NULL},
		{"clh", 2, 1, 11, NULL},
		{"clh", 2, 2, 44, NULL},
		{"clh", 3, 1, 46, NULL},
		{"anderson", 2, 1, 10, NULL},
		{"anderson", 2, 2, 40, NULL},
		{"anderson", 3, 1, 38, NULL},
		{"hemlock", 2, 1, 18, NULL},
		{"hemlock", 2, 2, 100, NULL},
		{"hemlock", 3, 1, 221, NULL},
		{"qspinlock", 2, 1, 24, NULL},
		{"qspinlock", 2, 2, 270, NULL},
		{"qspinlock", 3, 1, 1325, NULL},
		{"futex3", 2, 1, 82, NULL},
		{"futex3", 2, 2, 1354, NULL},
		{"futex3", 3, 1, 29273, NULL},
		{"futex3_spin", 2, 1, 90, NULL},
		{"futex3_spin", 2, 2, 2306, NULL},
		{"futex3_spin", 3, 1, 53939, NULL},
		{"mcs_park", 2, 1, 184, NULL},
		{"mcs_park", 2, 2, 2600, NULL},
		{"mcs_park", 3, 1, 18131, NULL},
	};

	for (uint32_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++) {
		struct explore_report report = explored(trials[i], EXPLORE_RC11);

		CHECK(report.exhausted);
		CHECK_EQ(report.fault_kinds, 0);
		CHECK_EQ(report.states, trials[i].states);
		explore_report_free(&report);
	}
}

static void broken_is_caught(void)
{
	struct explore_report report =
		explored((struct trial){.slug = "broken", .threads = 2, .rounds = 1}, EXPLORE_RC11);

	CHECK(report.fault_kinds & 1u << FAULT_DATA_RACE);
	explore_report_free(&report);
}

static const struct test tests[] = {
	{"locks are clean under RC11", locks_are_clean},
	{"broken is caught under RC11", broken_is_caught},
};
TESTS(tests)
