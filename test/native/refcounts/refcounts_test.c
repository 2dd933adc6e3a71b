/* SPDX-License-Identifier: MIT */
/*
 * Every scheme of native/refcounts under every memory model: some threads get, use and put objects
 * while one more ends them. No object is used after it was freed, each is freed once, all that was
 * done with it comes before that, and nobody waits for ever.
 */
#include <stdio.h>

#include "check.h"
#include "explore.h"
#include "lock.h"
#include "refs.h"

#define THREADS_MAX 3
#define OBJECTS_MAX 2
#define USER_BYTES 1024
#define FREED 1

struct hall {
	struct machine machine;
	struct refs refs;
	struct link place;
	struct counted object[OBJECTS_MAX];
	struct word data[OBJECTS_MAX];	/* what an object is for; FREED once it is */
	struct word freed[OBJECTS_MAX]; /* how often; no part of the program */
	struct word stale;		/* a thread used one after that */
	struct atom given;		/* references that the last user left to the first thread */
	_Alignas(LINE_BYTES) char users[THREADS_MAX][USER_BYTES];
};

struct party {
	struct task task;
	struct locker locker;
};

/* The first thread ends the objects, the others use them. */
struct trial {
	struct refcount_size size;
	const struct ref_row *row;
	bool counted; /* each user has counted its first reference itself */
	bool gives;   /* the last user leaves what it has to the first thread */
};

static void free_object(struct refs *refs, struct counted *object, struct locker *me)
{
	struct hall *hall = refs->context;
	struct word *data = &hall->data[object->index], *freed = &hall->freed[object->index];

	point(me->task, POINT_WRITE_PLAIN, data, SITE("free(object)"));
	word_store(me->task, data, FREED);
	word_store(me->task, freed, word_peek(freed) + 1);
}

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	const struct trial *trial = context;
	struct hall *hall = memory;

	machine_init(&hall->machine, &nobody);
	refs_init(&hall->refs, (struct user *)(void *)hall->users, trial->size.users + 1,
		  trial->size.objects);
	hall->refs.free = free_object;
	hall->refs.context = hall;
	/* Where nothing is found each user has a reference, which it was handed or has counted. */
	for (uint32_t i = 0; i < trial->size.objects; i++) {
		uint32_t users = trial->row->finds ? 0 : trial->size.users;

		hall->object[i].index = i;
		trial->row->ops->bear(&hall->refs, &hall->object[i],
				      1 + (trial->counted ? 0 : users), trial->counted ? users : 0,
				      0);
	}
	link_init(&hall->place, &hall->object[0]);
	return &hall->machine;
}

static void enter(void *context, void *memory, struct task *local, uint32_t cpu)
{
	const struct trial *trial = context;
	struct party *party = (struct party *)local;
	struct hall *hall = memory;

	task_init(&party->task, &hall->machine, cpu);
	if (cpu > trial->size.users)
		return;
	party->locker = (struct locker){.index = cpu, .ticks_per_us = 1000};
	party->locker.task = &party->task;
}

static void use(struct hall *hall, const struct counted *object, struct task *t)
{
	struct word *data = &hall->data[object->index];

	point(t, POINT_READ_PLAIN, data, SITE("use(object)"));
	if (observe(t, word_load(t, data)) == FREED)
		word_store(t, &hall->stale, 1);
}

static void end_all(const struct trial *trial, struct hall *hall, struct locker *me)
{
	const struct ref_ops *ops = trial->row->ops;

	for (uint32_t i = 0; i < trial->size.objects; i++) {
		struct counted *next = i + 1 < trial->size.objects ? &hall->object[i + 1] : NULL;

		ops->end(&hall->refs, &hall->place, &hall->object[i], next, me);
		ops->tend(&hall->refs, me);
	}
}

static void use_once(const struct trial *trial, struct hall *hall, struct counted *object,
		     struct locker *me)
{
	const struct ref_ops *ops = trial->row->ops;

	object = ops->get(&hall->refs, &hall->place, object, me);
	if (!object)
		return;
	use(hall, object, me->task);
	ops->put(&hall->refs, object, me);
	ops->tend(&hall->refs, me);
}

/* The first thread drops what the last user took. */
static void drop_given(const struct trial *trial, struct hall *hall, struct locker *me)
{
	uint32_t given;

	spin_until(me, given, &hall->given, given);
	for (; given; given--)
		trial->row->ops->put(&hall->refs, &hall->object[0], me);
}

static void give_away(const struct trial *trial, struct hall *hall, struct locker *me)
{
	trial->row->ops->get(&hall->refs, NULL, &hall->object[0], me);
	use(hall, &hall->object[0], me->task);
	atom_store(me, &hall->given, 2);
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct trial *trial = context;
	struct locker *me = &((struct party *)t)->locker;
	struct hall *hall = memory;

	if (trial->gives && cpu == trial->size.users) {
		give_away(trial, hall, me);
		trial->row->ops->leave(&hall->refs, me);
		return 0;
	}
	for (uint32_t round = 0; cpu && round < trial->size.rounds; round++) {
		use_once(trial, hall, &hall->object[0], me);
		fibers_new_round(t, round);
	}
	if (!cpu)
		end_all(trial, hall, me);
	if (!cpu && trial->gives)
		drop_given(trial, hall, me);
	/* The reference that the thread was handed; to what it got no other since. */
	for (uint32_t i = 0; cpu && !trial->row->finds && i < trial->size.objects; i++) {
		use(hall, &hall->object[i], t);
		trial->row->ops->put(&hall->refs, &hall->object[i], me);
	}
	trial->row->ops->leave(&hall->refs, me);
	return 0;
}

static const struct site *check(void *context, void *memory, struct task *t)
{
	const struct trial *trial = context;
	const struct hall *hall = memory;

	(void)t;
	if (word_peek(&hall->stale))
		return SITE("no object is used after it was freed");
	for (uint32_t i = 0; i < trial->size.objects; i++)
		if (word_peek(&hall->freed[i]) != 1)
			return SITE("each object is freed once");
	return NULL;
}

/* Explore @trial. Returns the kinds of fault, as a mask. */
static uint32_t explored(struct trial trial, enum explore_memory memory)
{
	struct explore_model model = {
		.threads = trial.size.users + 1,
		.memory_bytes = sizeof(struct hall),
		.local_bytes = sizeof(struct party),
		.init = init,
		.enter = enter,
		.thread = thread,
		.check = check,
		.context = &trial,
	};
	struct explore_plan plan = {.strategy = EXPLORE_STATEFUL, .memory = memory};
	struct explore_report report;
	uint32_t kinds;

	CHECK(trial.size.users < THREADS_MAX && trial.size.objects <= OBJECTS_MAX);
	CHECK(user_bytes(trial.size.objects) <= USER_BYTES);
	CHECK_EQ(explore(&model, &plan, &report), 0);
	printf("  %-10s %-4s %ux%u, %u objects %9llu states %8.1f ms%s", trial.row->slug,
	       explore_memory_name(memory), trial.size.users, trial.size.rounds, trial.size.objects,
	       (unsigned long long)report.states, (double)report.elapsed_ns / 1e6,
	       report.exhausted ? "" : " cut off");
	for (uint32_t i = 0; i < report.fault_count; i++)
		printf(" %s: %s, %s", explore_fault_name(report.fault[i].kind),
		       report.fault[i].site->text, report.fault[i].site->func);
	printf("\n");
	CHECK(report.exhausted || report.fault_count);
	kinds = report.fault_kinds;
	explore_report_free(&report);
	return kinds;
}

static void hold_at(const struct refcount_size *size)
{
	for (uint32_t i = 0; i < REFCOUNT_COUNT; i++)
		for (uint32_t memory = 0; memory < EXPLORE_MEMORIES && !ref_table[i].control;
		     memory++)
			for (uint32_t counted = 0; counted < (ref_table[i].finds ? 1 : 2);
			     counted++)
				CHECK_EQ(explored((struct trial){*size, &ref_table[i], counted, 0},
						  memory),
					 0);
}

/* One drops its own, the other leaves two to the first thread, which has the first, too. */
static void given(void)
{
	for (uint32_t i = 0; i < REFCOUNT_COUNT; i++)
		for (uint32_t memory = 0; memory < EXPLORE_MEMORIES; memory++)
			if (!ref_table[i].control && !ref_table[i].finds)
				CHECK_EQ(explored((struct trial){{2, 1, 1}, &ref_table[i], 0, 1},
						  memory),
					 0);
}

/* Those of the table with @users users, and there are some. */
static void sizes_of(uint32_t users)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < refcount_size_count; i++) {
		if (refcount_size_table[i].users != users)
			continue;
		hold_at(&refcount_size_table[i]);
		found++;
	}
	CHECK(found > 0);
}

static void one_user(void)
{
	sizes_of(1);
}

static void two_users(void)
{
	sizes_of(2);
}

/* What the table claims of other numbers of users would be tested nowhere. */
static void every_size(void)
{
	for (uint32_t i = 0; i < refcount_size_count; i++)
		CHECK(refcount_size_table[i].users == 1 || refcount_size_table[i].users == 2);
}

static void control_fails(void)
{
	for (uint32_t memory = 0; memory < EXPLORE_MEMORIES; memory++)
		CHECK(explored(
			      (struct trial){
				      {1, 1, 1}, &ref_table[REFCOUNT_ID_broken_refcount], 0, 0},
			      memory) != 0);
}

/* The second object has as many references as there can be. */
static struct machine *init_full(void *context, void *memory)
{
	struct machine *machine = init(context, memory);
	struct hall *hall = memory;

	ref_table[REFCOUNT_ID_refcount_t].ops->bear(&hall->refs, &hall->object[1], INT32_MAX, 0, 0);
	return machine;
}

/* A put too many, gets of what is gone, a count that would wrap around: it leaks, and no more. */
static uint64_t misuse(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct ref_ops *ops = ref_table[REFCOUNT_ID_refcount_t].ops;
	struct locker *me = &((struct party *)t)->locker;
	struct hall *hall = memory;

	(void)context;
	if (cpu) {
		use(hall, &hall->object[1], t);
		return 0;
	}
	/* Two references, and a put too many. */
	for (uint32_t i = 0; i < 3; i++)
		ops->put(&hall->refs, &hall->object[0], me);
	for (uint32_t i = 0; i < 3; i++)
		ops->get(&hall->refs, NULL, &hall->object[0], me);
	for (uint32_t i = 0; i < 3; i++)
		ops->put(&hall->refs, &hall->object[0], me);
	ops->get(&hall->refs, NULL, &hall->object[1], me);
	ops->put(&hall->refs, &hall->object[1], me);
	return 0;
}

static const struct site *check_misuse(void *context, void *memory, struct task *t)
{
	const struct hall *hall = memory;

	(void)context;
	(void)t;
	if (word_peek(&hall->freed[0]) != 1 || word_peek(&hall->freed[1]))
		return SITE("a saturated count frees nothing");
	return NULL;
}

static void saturates(void)
{
	struct trial trial = {{1, 1, 2}, &ref_table[REFCOUNT_ID_refcount_t], 0, 0};
	struct explore_model model = {.threads = 2,
				      .memory_bytes = sizeof(struct hall),
				      .local_bytes = sizeof(struct party),
				      .init = init_full,
				      .enter = enter,
				      .thread = misuse,
				      .check = check_misuse,
				      .context = &trial};
	struct explore_plan plan = {.strategy = EXPLORE_STATEFUL};
	struct explore_report report;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK(report.exhausted);
	CHECK_EQ(report.fault_kinds, 0);
	explore_report_free(&report);
}

static const struct test tests[] = {
	{"reference counts hold with one user", one_user},
	{"reference counts hold with two users", two_users},
	{"a thread drops references that others took", given},
	{"every size that the table claims is tested", every_size},
	{"the control, which counts nothing, does not hold", control_fails},
	{"refcount_t saturates", saturates},
};
TESTS(tests)
