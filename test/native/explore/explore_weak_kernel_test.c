/* SPDX-License-Identifier: MIT */
/* What kernel code needs of RC11: full barriers around an update, waits, machines that stop. */
#include "check.h"
#include "explore.h"

enum { X, Y, DATA, WORDS };

struct board {
	struct machine machine;
	struct word word[WORDS];
	struct word seen[EXPLORE_THREADS_MAX]; /* by thread; checks read it */
};

struct program {
	void (*thread[3])(const struct program *p, struct board *b, struct task *t, uint32_t cpu);
	uint32_t threads;
	enum word_order order;
	bool fenced;
	const struct site *(*check)(const struct board *b); /* NULL: nothing is wrong */
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct board *board = memory;

	(void)context;
	machine_init(&board->machine, &nobody);
	return &board->machine;
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct program *p = context;

	p->thread[cpu](p, memory, t, cpu);
	return 0;
}

static const struct site *check(void *context, void *memory, struct task *closer)
{
	const struct program *p = context;

	(void)closer;
	return p->check ? p->check(memory) : NULL;
}

/* The kinds of faults that a whole search finds. */
static uint32_t faults_of(struct program *p)
{
	struct explore_model model = {.threads = p->threads,
				      .memory_bytes = sizeof(struct board),
				      .init = init,
				      .thread = thread,
				      .check = check,
				      .context = p};
	struct explore_plan plan = {
		.strategy = EXPLORE_STATEFUL, .memory = EXPLORE_RC11, .all_faults = true};
	struct explore_report report;
	uint32_t kinds;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK_TEXT(report.differs, "");
	CHECK(report.exhausted);
	kinds = report.fault_kinds;
	explore_report_free(&report);
	return kinds;
}

static void see(struct board *b, struct task *t, uint32_t cpu, uint64_t value)
{
	word_store(t, &b->seen[cpu], value);
}

static uint64_t plus(uint64_t value, uint64_t by)
{
	return value + by;
}

/* --- an update with a full barrier on either side, and a read behind it --- */

static void update_and_look(const struct program *p, struct board *b, struct task *t, uint32_t cpu)
{
	word_update(t, &b->word[cpu ? Y : X], plus, 1, p->order, SITE("update"));
	see(b, t, cpu,
	    1 + word_read(t, &b->word[cpu ? X : Y], ORDER_RELAXED, SITE("look at the other")));
}

static const struct site *both_saw_nothing(const struct board *b)
{
	bool nothing = word_peek(&b->seen[0]) == 1 && word_peek(&b->seen[1]) == 1;

	return nothing ? SITE("both saw nothing") : NULL;
}

static const struct site *first_saw_nothing(const struct board *b)
{
	return word_peek(&b->seen[0]) == 1 ? SITE("the first saw nothing") : NULL;
}

static const struct site *second_saw_nothing(const struct board *b)
{
	return word_peek(&b->seen[1]) == 1 ? SITE("the second saw nothing") : NULL;
}

static void a_full_update_orders_what_is_around_it(void)
{
	static const enum word_order weaker[] = {ORDER_RELAXED, ORDER_ACQ_REL, ORDER_SEQ_CST};
	struct program p = {.thread = {update_and_look, update_and_look},
			    .threads = 2,
			    .check = both_saw_nothing};

	for (size_t i = 0; i < sizeof(weaker) / sizeof(weaker[0]); i++) {
		p.order = weaker[i];
		CHECK_EQ(faults_of(&p), 1u << FAULT_CHECK_FAILED);
	}
	p.order = ORDER_FULL;
	CHECK_EQ(faults_of(&p), 0);
	/* Either may come first: both orders are looked at. */
	p.check = first_saw_nothing;
	CHECK_EQ(faults_of(&p), 1u << FAULT_CHECK_FAILED);
	p.check = second_saw_nothing;
	CHECK_EQ(faults_of(&p), 1u << FAULT_CHECK_FAILED);
}

static void write_and_look(const struct program *p, struct board *b, struct task *t, uint32_t cpu)
{
	word_write(t, &b->word[X], 1, ORDER_RELAXED, SITE("x = 1"));
	if (p->fenced)
		fence(t, ORDER_SEQ_CST, SITE("smp_mb()"));
	else
		word_write(t, &b->word[Y], 1, ORDER_RELEASE, SITE("y = 1"));
	see(b, t, cpu, 1 + word_read(t, &b->word[Y], ORDER_RELAXED, SITE("look at y")));
}

static void look_by_update(const struct program *p, struct board *b, struct task *t, uint32_t cpu)
{
	if (p->fenced)
		word_write(t, &b->word[Y], 1, ORDER_RELAXED, SITE("y = 1"));
	else if (!word_read(t, &b->word[Y], ORDER_RELAXED, SITE("is there y?")))
		return;
	see(b, t, cpu, 1 + word_update(t, &b->word[X], plus, 8, p->order, SITE("update x")));
}

/* What an update reads is behind its own first barrier: another one's, and what it acquires. */
static void a_full_update_reads_behind_its_barrier(void)
{
	struct program p = {.thread = {write_and_look, look_by_update}, .threads = 2};

	for (int i = 0; i < 2; i++) {
		p.fenced = i;
		p.check = p.fenced ? both_saw_nothing : second_saw_nothing;
		p.order = ORDER_ACQ_REL;
		CHECK_EQ(faults_of(&p), 1u << FAULT_CHECK_FAILED);
		p.order = ORDER_FULL;
		CHECK_EQ(faults_of(&p), 0);
	}
}

/* What is before the update is released by it, and acquired by one that reads it. */
static void drop(const struct program *p, struct board *b, struct task *t, uint32_t cpu)
{
	(void)cpu;
	point(t, POINT_READ_PLAIN, &b->word[DATA], SITE("use data"));
	word_load(t, &b->word[DATA]);
	if (word_update(t, &b->word[X], plus, 1, p->order, SITE("drop")) != 1)
		return;
	point(t, POINT_FREE, &b->word[DATA], SITE("free data"));
}

static void the_last_reference_may_free(void)
{
	struct program p = {.thread = {drop, drop}, .threads = 2};

	p.order = ORDER_RELEASE;
	CHECK_EQ(faults_of(&p), 1u << FAULT_DATA_RACE);
	p.order = ORDER_FULL;
	CHECK_EQ(faults_of(&p), 0);
}

/* --- waits --- */

static void write_twice(const struct program *p, struct board *b, struct task *t, uint32_t cpu)
{
	(void)p;
	(void)cpu;
	word_write(t, &b->word[X], 1, ORDER_RELEASE, SITE("x = 1"));
	point(t, POINT_WRITE_PLAIN, &b->word[DATA], SITE("data = 1"));
	word_store(t, &b->word[DATA], 1);
	word_write(t, &b->word[X], 2, ORDER_RELEASE, SITE("x = 2"));
}

static void wait_and_use(const struct program *p, struct board *b, struct task *t, uint32_t cpu)
{
	(void)p;
	if (!await_change_at(t, &b->word[X], 0, SITE("wait for x")))
		return;
	see(b, t, cpu, observe(t, word_load(t, &b->word[X])));
	if (word_peek(&b->seen[cpu]) == 1)
		return;
	point(t, POINT_READ_PLAIN, &b->word[DATA], SITE("read data"));
	word_load(t, &b->word[DATA]);
}

/* The value that ended a wait is the one that is read behind it, with what came with it. */
static void a_wait_reads_what_ended_it(void)
{
	struct program p = {.thread = {write_twice, wait_and_use}, .threads = 2};

	CHECK_EQ(faults_of(&p), 0);
}

static void write_if_first(const struct program *p, struct board *b, struct task *t, uint32_t cpu)
{
	uint64_t before = word_update(t, &b->word[Y], plus, 1, p->order, SITE("count"));

	if (!before && !cpu)
		word_write(t, &b->word[X], 1, ORDER_RELEASE, SITE("x = 1"));
}

static void wait_or_give_up(const struct program *p, struct board *b, struct task *t, uint32_t cpu)
{
	(void)p;
	see(b, t, cpu, 1 + await_change_at(t, &b->word[X], 0, SITE("wait for x")));
	word_update(t, &b->word[Y], plus, 8, ORDER_RELAXED, SITE("go on"));
}

/* A wait that some orders of the others never end: it gives up there, and in no other. */
static void a_wait_that_nobody_ends_gives_up(void)
{
	struct program p = {.thread = {write_if_first, write_if_first, wait_or_give_up},
			    .threads = 3,
			    .order = ORDER_RELAXED};

	CHECK_EQ(faults_of(&p), 0);
}

/* --- stop_machine() --- */

#define STOPPED 8

static void stop(const struct program *p, struct board *b, struct task *t, uint32_t cpu)
{
	(void)p;
	(void)cpu;
	point(t, POINT_STOP, &b->word[X], SITE("stop_machine()"));
	word_add(t, &b->word[X], STOPPED);
	word_write(t, &b->word[Y], 1, ORDER_RELAXED, SITE("it is stopped"));
}

static void enter_unless_stopped(const struct program *p, struct board *b, struct task *t,
				 uint32_t cpu)
{
	uint64_t before;
	bool stopped;

	word_update(t, &b->word[X], plus, 1, p->order, SITE("enter"));
	stopped = word_read(t, &b->word[Y], ORDER_RELAXED, SITE("is it stopped?"));
	before = word_update(t, &b->word[X], plus, 1, p->order, SITE("enter again"));
	see(b, t, cpu, 1 + (stopped && before < STOPPED));
}

static const struct site *entered_late(const struct board *b)
{
	return word_peek(&b->seen[1]) == 2 ? SITE("it entered what was stopped") : NULL;
}

/* A thread that goes on behind it has seen all that was written then, without any order. */
static void what_stopped_is_seen_by_all(void)
{
	struct program p = {.thread = {stop, enter_unless_stopped},
			    .threads = 2,
			    .order = ORDER_RELAXED,
			    .check = entered_late};

	CHECK_EQ(faults_of(&p), 0);
}

static const struct test tests[] = {
	{"a full update orders what is around it", a_full_update_orders_what_is_around_it},
	{"a full update reads behind its barrier", a_full_update_reads_behind_its_barrier},
	{"the last reference may free", the_last_reference_may_free},
	{"a wait reads what ended it", a_wait_reads_what_ended_it},
	{"a wait that nobody ends gives up", a_wait_that_nobody_ends_gives_up},
	{"what stopped is seen by all", what_stopped_is_seen_by_all},
};
TESTS(tests)
