/* SPDX-License-Identifier: MIT */
/*
 * Every scheme of native/refcounts under every memory model: some threads get, use and put objects
 * while one more ends them. No object is used after it was freed, each is freed once, all that was
 * done with it comes before that, and nobody waits for ever.
 */
#include <errno.h>

#include "kit.h"
#include "refs.h"

#define SIZES_MAX 8

static struct verify_size size_of(const struct refcount_size *size)
{
	return (struct verify_size){
		.threads = size->users + 1, .rounds = size->rounds, .objects = size->objects};
}

static void hold_at(const struct refcount_size *of)
{
	struct verify_size size = size_of(of);

	for (uint32_t i = 0; i < REFCOUNT_COUNT; i++) {
		struct verify_report report;

		if (ref_table[i].control)
			continue;
		kit_verify(VERIFY_REFCOUNT, i, &size, 1, kit_memories(), &report);
		CHECK_EQ(report.row_count, EXPLORE_MEMORIES);
		for (size_t row = 0; row < report.row_count; row++) {
			CHECK_EQ(report.rows[row].verdict, VERIFY_CLEAN);
			CHECK(report.rows[row].exhausted);
			CHECK_EQ(report.rows[row].sharing, VERIFY_NO_READERS);
			CHECK(report.rows[row].sites_reached > 0);
		}
		verify_report_free(&report);
	}
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
	struct verify_size size = {.threads = 2, .rounds = 1, .objects = 1};

	kit_check_control(VERIFY_REFCOUNT, REFCOUNT_ID_broken_refcount, &size);
}

/* The limit of a row is that of all its programs together. */
static void a_limit_of_states(void)
{
	static const struct verify_size size = {.threads = 3, .rounds = 1, .objects = 1};
	static const uint32_t biased = REFCOUNT_ID_biased;
	struct verify_input input = {.kind = VERIFY_REFCOUNT,
				     .locks = &biased,
				     .lock_count = 1,
				     .memories = 1u << EXPLORE_SC,
				     .sizes = &size,
				     .size_count = 1};
	struct verify_report report;
	uint64_t all;

	CHECK_EQ(verify(&input, &report), 0);
	all = report.rows[0].states;
	verify_report_free(&report);
	for (uint32_t part = 1; part <= 4; part++) {
		input.states_max = all * part / 4 - 1;
		CHECK_EQ(verify(&input, &report), 0);
		CHECK_EQ(report.rows[0].verdict, VERIFY_UNFINISHED);
		CHECK_EQ(report.rows[0].limit, LIMIT_STATES);
		CHECK(!report.rows[0].exhausted);
		CHECK(report.rows[0].states <= input.states_max);
		verify_report_free(&report);
	}
}

/* That of time is, too, and a row that it cuts off says so. */
static void a_limit_of_time(void)
{
	static const struct verify_size size = {.threads = 4, .rounds = 2, .objects = 2};
	static const uint32_t percpu_ref = REFCOUNT_ID_percpu_ref;
	struct verify_input input = {.kind = VERIFY_REFCOUNT,
				     .locks = &percpu_ref,
				     .lock_count = 1,
				     .memories = 1u << EXPLORE_SC,
				     .sizes = &size,
				     .size_count = 1,
				     .time_ms_max = 1};
	struct verify_report report;

	CHECK_EQ(verify(&input, &report), 0);
	CHECK_EQ(report.rows[0].verdict, VERIFY_UNFINISHED);
	CHECK_EQ(report.rows[0].limit, LIMIT_TIME);
	verify_report_free(&report);
}

/* Whether @count has no use for an order of the epochs, which have one source with another's. */
static bool spares(const struct verify_report *report, uint32_t count,
		   const struct verify_barrier *as)
{
	for (size_t i = 0; i < report->barrier_count; i++) {
		const struct verify_barrier *barrier = &report->barriers[i];

		if (barrier->lock == count && barrier->weaker == as->weaker &&
		    !strcmp(barrier->site->func, as->site->func) &&
		    !strcmp(barrier->site->text, as->site->text))
			return barrier->verdict != BARRIER_NEEDED;
	}
	return false;
}

/* A look-up of rcu looks at the count of what it finds, which is memory of the object, too. */
static void rcu_needs_what_epoch_needs(void)
{
	static const uint32_t both[] = {REFCOUNT_ID_epoch, REFCOUNT_ID_rcu};
	struct verify_size sizes[SIZES_MAX];
	struct verify_input input = {.kind = VERIFY_REFCOUNT,
				     .locks = both,
				     .lock_count = 2,
				     .memories = 1u << EXPLORE_RC11,
				     .sizes = sizes,
				     .size_count = refcount_size_count,
				     .barriers = true};
	struct verify_report report;
	uint32_t needed = 0;

	CHECK(refcount_size_count <= SIZES_MAX);
	for (uint32_t i = 0; i < refcount_size_count; i++)
		sizes[i] = size_of(&refcount_size_table[i]);
	CHECK_EQ(verify(&input, &report), 0);
	for (size_t i = 0; i < report.barrier_count; i++) {
		const struct verify_barrier *barrier = &report.barriers[i];

		if (barrier->lock != REFCOUNT_ID_epoch || barrier->verdict != BARRIER_NEEDED ||
		    strncmp(barrier->site->func, "epoch_", strlen("epoch_")) != 0)
			continue;
		CHECK(!spares(&report, REFCOUNT_ID_rcu, barrier));
		needed++;
	}
	CHECK(needed >= 5);
	verify_report_free(&report);
}

static void what_is_not_there(void)
{
	static const struct verify_size sizes[] = {
		{.threads = 2, .rounds = 1},
		{.threads = 2, .rounds = 1, .objects = VERIFY_OBJECTS_MAX + 1},
		{.threads = 2, .rounds = 1, .objects = 1, .writers = 1},
		{.threads = 1, .rounds = 1, .objects = 1},
		{.threads = 9, .rounds = 1, .objects = 1},
	};
	uint32_t count = REFCOUNT_ID_hazard;
	struct verify_input input = {.kind = VERIFY_REFCOUNT,
				     .locks = &count,
				     .lock_count = 1,
				     .memories = 1u << EXPLORE_SC,
				     .size_count = 1};
	struct verify_report report;
	struct verify_size fine = {.threads = 2, .rounds = 1, .objects = 1};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		input.sizes = &sizes[i];
		CHECK_EQ(verify(&input, &report), -EINVAL);
	}
	input.sizes = &fine;
	count = REFCOUNT_COUNT;
	CHECK_EQ(verify(&input, &report), -EINVAL);
}

/* --- misuse --- */

/* Two objects of refcount_t. */
struct hall {
	struct machine machine;
	struct refs refs;
	struct link place;
	struct counted object[2];
	struct word freed[2]; /* how often */
	struct word beside;   /* of a thread that has no part in it: a program has two */
	char users[256] __attribute__((aligned(LINE_BYTES)));
};

struct party {
	struct task task;
	struct locker locker;
};

static void count_free(struct refs *refs, struct counted *object, struct locker *me)
{
	struct hall *hall = refs->context;
	struct word *freed = &hall->freed[object->index];

	word_store(me->task, freed, word_peek(freed) + 1);
}

/* The second object has as many references as there can be. */
static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	const struct ref_ops *ops = ref_table[REFCOUNT_ID_refcount_t].ops;
	struct hall *hall = memory;

	(void)context;
	machine_init(&hall->machine, &nobody);
	refs_init(&hall->refs, (struct user *)(void *)hall->users, 1, 2);
	hall->refs.free = count_free;
	hall->refs.context = hall;
	hall->object[1].index = 1;
	ops->bear(&hall->refs, &hall->object[0], 2, 0, 0);
	ops->bear(&hall->refs, &hall->object[1], INT32_MAX, 0, 0);
	link_init(&hall->place, &hall->object[0]);
	return &hall->machine;
}

static void enter(void *context, void *memory, struct task *local, uint32_t cpu)
{
	struct party *party = (struct party *)local;
	struct hall *hall = memory;

	(void)context;
	task_init(&party->task, &hall->machine, cpu);
	if (cpu)
		return;
	party->locker = (struct locker){.index = cpu, .ticks_per_us = 1000};
	party->locker.task = &party->task;
}

/* A put too many, gets of what is gone, a count that would wrap around: it leaks, and no more. */
static uint64_t misuse(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct ref_ops *ops = ref_table[REFCOUNT_ID_refcount_t].ops;
	struct locker *me = &((struct party *)t)->locker;
	struct hall *hall = memory;

	(void)context;
	if (cpu) {
		point(t, POINT_READ_PLAIN, &hall->beside, SITE("beside"));
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

static const struct site *check(void *context, void *memory, struct task *t)
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
	struct explore_model model = {.threads = 2,
				      .memory_bytes = sizeof(struct hall),
				      .local_bytes = sizeof(struct party),
				      .init = init,
				      .enter = enter,
				      .thread = misuse,
				      .check = check};
	struct explore_plan plan = {.strategy = EXPLORE_STATEFUL};
	struct explore_report report;

	CHECK(user_bytes(2) <= sizeof(((struct hall *)0)->users));
	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK(report.exhausted);
	CHECK_EQ(report.fault_kinds, 0);
	explore_report_free(&report);
}

static const struct test tests[] = {
	{"reference counts hold with one user", one_user},
	{"reference counts hold with two users", two_users},
	{"every size that the table claims is tested", every_size},
	{"the control, which counts nothing, does not hold", control_fails},
	{"the programs of a row share its limit", a_limit_of_states},
	{"a limit of time cuts a row off", a_limit_of_time},
	{"rcu needs the orders of the epochs that epoch needs", rcu_needs_what_epoch_needs},
	{"what is not there is refused", what_is_not_there},
	{"refcount_t saturates", saturates},
};
TESTS(tests)
