/* SPDX-License-Identifier: MIT */
/*
 * Every reader-writer lock under every memory model: writers exclude each other and readers, a
 * reader sees whole writes, nobody waits for ever, and readers share the lock.
 */
#include <stdio.h>

#include "check.h"
#include "explore.h"
#include "rwlock.h"

#define THREADS_MAX 4
#define LOCK_BYTES 4096

struct hall {
	struct machine machine;
	struct word left, right; /* equal, except while a writer is in */
	struct word torn;	 /* a reader saw them differ */
	struct word readers;	 /* of now; no part of the program */
	_Alignas(LINE_BYTES) char lock[LOCK_BYTES];
};

struct party {
	struct task task;
	struct locker locker;
};

/* The first threads write, the others read, each @rounds times. */
struct trial {
	uint32_t writers, readers, rounds;
	const struct lock_row *row;
	bool *shared;	     /* two readers were in at once */
	uint64_t states_max; /* 0: all have to be met */
};

static uint32_t threads_of(const struct trial *trial)
{
	return trial->writers + trial->readers;
}

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	const struct trial *trial = context;
	struct hall *hall = memory;

	machine_init(&hall->machine, &nobody);
	trial->row->ops->make(hall->lock, NULL, threads_of(trial));
	return &hall->machine;
}

static void enter(void *context, void *memory, struct task *local, uint32_t cpu)
{
	const struct trial *trial = context;
	struct party *party = (struct party *)local;
	struct hall *hall = memory;

	task_init(&party->task, &hall->machine, cpu);
	if (cpu == threads_of(trial))
		return;
	party->locker = (struct locker){.index = cpu, .ticks_per_us = 1000};
	party->locker.task = &party->task;
}

static uint64_t get(const struct trial *trial, struct task *t, struct word *w)
{
	if (trial->row->optimistic)
		return word_read(t, w, ORDER_RELAXED, SITE("data"));
	point(t, POINT_READ_PLAIN, w, SITE("data"));
	return observe(t, word_load(t, w));
}

static void set(const struct trial *trial, struct task *t, struct word *w, uint64_t value)
{
	if (trial->row->optimistic) {
		word_write(t, w, value, ORDER_RELAXED, SITE("data = value"));
		return;
	}
	point(t, POINT_WRITE_PLAIN, w, SITE("data = value"));
	word_store(t, w, value);
}

static void write_once(const struct trial *trial, struct hall *hall, struct party *me)
{
	struct task *t = &me->task;

	trial->row->ops->acquire(hall->lock, &me->locker);
	set(trial, t, &hall->left, get(trial, t, &hall->left) + 1);
	set(trial, t, &hall->right, get(trial, t, &hall->right) + 1);
	trial->row->ops->release(hall->lock, &me->locker);
}

static void read_once(const struct trial *trial, struct hall *hall, struct party *me)
{
	struct task *t = &me->task;
	uint64_t left, right;

	do {
		trial->row->ops->read_acquire(hall->lock, &me->locker);
		word_store(t, &hall->readers, word_peek(&hall->readers) + 1);
		left = get(trial, t, &hall->left);
		right = get(trial, t, &hall->right);
		if (word_peek(&hall->readers) > 1)
			*trial->shared = true;
		word_store(t, &hall->readers, word_peek(&hall->readers) - 1);
	} while (trial->row->ops->read_release(hall->lock, &me->locker));
	if (left != right)
		word_store(t, &hall->torn, 1);
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct trial *trial = context;
	struct party *party = (struct party *)t;

	for (uint32_t round = 0; round < trial->rounds; round++) {
		if (cpu < trial->writers)
			write_once(trial, memory, party);
		else
			read_once(trial, memory, party);
		fibers_new_round(t, round);
	}
	return 0;
}

static const struct site *check(void *context, void *memory, struct task *t)
{
	const struct trial *trial = context;
	const struct hall *hall = memory;

	(void)t;
	if (word_peek(&hall->torn))
		return SITE("readers see whole writes");
	if (word_peek(&hall->left) != trial->writers * trial->rounds ||
	    word_peek(&hall->right) != trial->writers * trial->rounds)
		return SITE("writers exclude each other");
	return NULL;
}

/* Explore @trial. Returns the kinds of fault, as a mask. */
static uint32_t explored(struct trial trial, enum explore_memory memory)
{
	struct explore_model model = {
		.threads = threads_of(&trial),
		.memory_bytes = sizeof(struct hall),
		.local_bytes = sizeof(struct party),
		.init = init,
		.enter = enter,
		.thread = thread,
		.check = check,
		.context = &trial,
	};
	struct explore_plan plan = {
		.strategy = EXPLORE_STATEFUL, .memory = memory, .states_max = trial.states_max};
	struct explore_report report;
	uint32_t kinds;

	CHECK(lock_bytes(trial.row->ops, threads_of(&trial)) <= LOCK_BYTES);
	CHECK_EQ(explore(&model, &plan, &report), 0);
	printf("  %-8s %-4s %u+%u x%u %9llu states %8.1f ms%s", trial.row->slug,
	       explore_memory_name(memory), trial.writers, trial.readers, trial.rounds,
	       (unsigned long long)report.states, (double)report.elapsed_ns / 1e6,
	       report.exhausted ? "" : " cut off");
	for (uint32_t i = 0; i < report.fault_count; i++)
		printf(" %s: %s, %s", explore_fault_name(report.fault[i].kind),
		       report.fault[i].site->text, report.fault[i].site->func);
	printf("\n");
	CHECK(report.exhausted || report.fault_count || trial.states_max);
	kinds = report.fault_kinds;
	explore_report_free(&report);
	return kinds;
}

/*
 * Too many for a test: 1 writer and 2 readers in 2 rounds 5,855,376 and 2 and 2 2,325,412, all met
 * without a fault; of 1 and 3 16,777,216 were met, and there are more. A bias that is set by a
 * relaxed store shows within 22.
 */
#define BRAVO_STATES 300000
#define ALL_MEMORIES ((1u << EXPLORE_MEMORIES) - 1)

static void each_lock(uint32_t writers, uint32_t readers, uint32_t rounds, uint32_t memories)
{
	for (uint32_t i = 0; i < RWLOCK_COUNT; i++) {
		bool shared = false;

		if (rwlock_table[i].reference || rwlock_table[i].class == LOCK_CONTROL)
			continue;
		for (uint32_t memory = 0; memory < EXPLORE_MEMORIES; memory++) {
			if (!(memories >> memory & 1))
				continue;

			struct trial trial = {.writers = writers,
					      .readers = readers,
					      .rounds = rounds,
					      .row = &rwlock_table[i],
					      .shared = &shared};

			if (i == RWLOCK_ID_bravo && memories != ALL_MEMORIES)
				trial.states_max = BRAVO_STATES;
			CHECK_EQ(explored(trial, memory), 0);
		}
		/* Under RC11 accesses that commute are not interleaved. */
		CHECK(shared || readers < 2 || !(memories & 1u << EXPLORE_SC));
	}
}

/* Those of the table with @threads threads, and there are some. */
static void sizes_of(uint32_t threads)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < rwlock_size_count; i++) {
		const struct rwlock_size *size = &rwlock_size_table[i];

		if (size->writers + size->readers != threads)
			continue;
		each_lock(size->writers, size->readers, size->rounds, ALL_MEMORIES);
		found++;
	}
	CHECK(found > 0);
}

static void two_threads(void)
{
	sizes_of(2);
}

static void three_threads(void)
{
	sizes_of(3);
}

/* What the table claims of other numbers of threads would be tested nowhere. */
static void every_size(void)
{
	for (uint32_t i = 0; i < rwlock_size_count; i++) {
		uint32_t threads = rwlock_size_table[i].writers + rwlock_size_table[i].readers;

		CHECK(threads == 2 || threads == 3);
	}
}

static void more(void)
{
	each_lock(1, 2, 2, 1u << EXPLORE_RC11);
	each_lock(2, 1, 2, 1u << EXPLORE_RC11);
	each_lock(2, 2, 1, 1u << EXPLORE_RC11);
	each_lock(1, 3, 1, 1u << EXPLORE_RC11);
}

/* A reader beside a writer, which the control lets in, is seen under every model. */
static void control_fails(void)
{
	for (uint32_t memory = 0; memory < EXPLORE_MEMORIES; memory++) {
		bool shared = false;
		struct trial trial = {.writers = 1,
				      .readers = 1,
				      .rounds = 1,
				      .row = &rwlock_table[RWLOCK_ID_broken_rwlock],
				      .shared = &shared};

		CHECK(explored(trial, memory) != 0);
	}
}

static const struct test tests[] = {
	{"reader-writer locks hold with two threads", two_threads},
	{"reader-writer locks hold with three threads", three_threads},
	{"reader-writer locks hold in two rounds, and with four threads", more},
	{"every size that the table claims is tested", every_size},
	{"the control, which excludes no reader, does not hold", control_fails},
};
TESTS(tests)
