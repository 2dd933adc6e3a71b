/* SPDX-License-Identifier: MIT */
/*
 * What orders plain accesses: everything in sync.h that one thread waits for and another ends. The
 * same programs without the wait have a data race. Whom a signal wakes: anybody who waited then,
 * and nobody else.
 */
#include <stdio.h>

#include "check.h"
#include "explore.h"
#include "sync.h"

struct memory {
	struct machine machine;
	struct word data;
	struct mutex mutex;
	struct try_mutex tried;
	struct semaphore semaphore;
	struct completion completion;
	struct condition condition;
	struct barrier barrier;
	struct once once;
	struct ending ending;
	struct word flag;
	struct word woken[4];
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct memory *m = memory;

	(void)context;
	machine_init(&m->machine, &nobody);
	mutex_init(&m->mutex);
	try_mutex_init(NULL, &m->tried);
	semaphore_init(NULL, &m->semaphore, 0);
	completion_init(NULL, &m->completion);
	condition_init(NULL, &m->condition);
	barrier_init(NULL, &m->barrier, 2);
	once_init(NULL, &m->once);
	ending_init(NULL, &m->ending);
	return &m->machine;
}

/* --- what orders --- */

static void write_data(struct memory *m, struct task *t)
{
	point(t, POINT_WRITE_PLAIN, &m->data, SITE("data = 1"));
	word_store(t, &m->data, 1);
}

static void read_data(struct memory *m, struct task *t)
{
	point(t, POINT_READ_PLAIN, &m->data, SITE("data"));
	observe(t, word_load(t, &m->data));
}

/* Thread 0 writes and lets the other go on, which reads when it may. */
struct pair {
	const char *name;
	void (*gives)(struct memory *m, struct task *t);
	void (*waits)(struct memory *m, struct task *t);
};

static void gives_up_1(struct memory *m, struct task *t)
{
	write_data(m, t);
	semaphore_up(t, &m->semaphore);
}

static void waits_down(struct memory *m, struct task *t)
{
	semaphore_down(t, &m->semaphore);
	read_data(m, t);
}

static void tries_down(struct memory *m, struct task *t)
{
	if (semaphore_trydown(t, &m->semaphore))
		read_data(m, t);
}

static void gives_done(struct memory *m, struct task *t)
{
	write_data(m, t);
	complete(t, &m->completion);
}

static void gives_all_done(struct memory *m, struct task *t)
{
	write_data(m, t);
	complete_all(t, &m->completion);
}

static void waits_done(struct memory *m, struct task *t)
{
	wait_for_completion(t, &m->completion);
	read_data(m, t);
}

/* The signal orders without the mutex, too: it is only given up for the wait. */
static void gives_signal(struct memory *m, struct task *t)
{
	write_data(m, t);
	condition_signal(t, &m->condition);
}

static void waits_signal(struct memory *m, struct task *t)
{
	mutex_lock(t, &m->mutex);
	condition_wait(t, &m->condition, &m->mutex);
	mutex_unlock(t, &m->mutex);
	read_data(m, t);
}

static void gives_at_barrier(struct memory *m, struct task *t)
{
	write_data(m, t);
	barrier_wait(t, &m->barrier);
}

static void waits_at_barrier(struct memory *m, struct task *t)
{
	barrier_wait(t, &m->barrier);
	read_data(m, t);
}

static void does_once(struct memory *m, struct task *t)
{
	if (once_begin(t, &m->once)) {
		write_data(m, t);
		once_end(t, &m->once);
	}
	read_data(m, t);
}

static void gives_end(struct memory *m, struct task *t)
{
	write_data(m, t);
	thread_ends(t, &m->ending);
}

static void waits_join(struct memory *m, struct task *t)
{
	thread_join(t, &m->ending);
	read_data(m, t);
}

static void locks(struct memory *m, struct task *t)
{
	try_mutex_lock(t, &m->tried);
	write_data(m, t);
	try_mutex_unlock(t, &m->tried);
}

static void tries(struct memory *m, struct task *t)
{
	if (!try_mutex_trylock(t, &m->tried))
		return;
	read_data(m, t);
	try_mutex_unlock(t, &m->tried);
}

static const struct pair pairs[] = {
	{"semaphore", gives_up_1, waits_down},
	{"trydown", gives_up_1, tries_down},
	{"completion", gives_done, waits_done},
	{"completion of all", gives_all_done, waits_done},
	{"condition", gives_signal, waits_signal},
	{"barrier", gives_at_barrier, waits_at_barrier},
	{"once", does_once, does_once},
	{"join", gives_end, waits_join},
	{"mutex that is tried", locks, tries},
};

/* Without the wait, and with what orders the other way round only. */
static const struct pair races[] = {
	{"no wait", gives_up_1, read_data},
	{"no lock", locks, read_data},
	{"no join", gives_end, read_data},
	{"no barrier", gives_at_barrier, read_data},
};

static uint64_t run_pair(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct pair *pair = context;

	(cpu ? pair->waits : pair->gives)(memory, t);
	return 0;
}

/* Under RC11 the same order, and the same races; a race ends an execution there. */
static const struct {
	enum explore_strategy strategy;
	enum explore_memory memory;
} ways[] = {{EXPLORE_DPOR, EXPLORE_SC},
	    {EXPLORE_RANDOM, EXPLORE_SC},
	    {EXPLORE_STATEFUL, EXPLORE_RC11},
	    {EXPLORE_DFS, EXPLORE_RC11},
	    {EXPLORE_RANDOM, EXPLORE_RC11}};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

/* Kinds of faults of @pair, in all interleavings and in random walks. */
static uint32_t faults_of(const struct pair *pair)
{
	struct explore_model model = {.threads = 2,
				      .memory_bytes = sizeof(struct memory),
				      .init = init,
				      .thread = run_pair,
				      .context = (void *)pair};
	uint32_t kinds[WAYS] = {0};

	for (uint32_t i = 0; i < WAYS; i++) {
		struct explore_plan plan = {.strategy = ways[i].strategy,
					    .memory = ways[i].memory,
					    .executions_max = 2000,
					    .all_faults = true,
					    .races = ways[i].memory == EXPLORE_SC};
		struct explore_report report;

		CHECK_EQ(explore(&model, &plan, &report), 0);
		kinds[i] = report.fault_kinds;
		explore_report_free(&report);
		if (ways[i].memory != EXPLORE_SC && kinds[0] & 1u << FAULT_DATA_RACE)
			kinds[i] |= kinds[0] & ~(1u << FAULT_DATA_RACE);
		if (!CHECK_EQ(kinds[0], kinds[i]))
			printf("  %s, %s by %s\n", pair->name, explore_memory_name(plan.memory),
			       explore_strategy_name(plan.strategy));
	}
	return kinds[0];
}

static void a_wait_orders(void)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (!CHECK_EQ(faults_of(&pairs[i]) & 1u << FAULT_DATA_RACE, 0))
			printf("  %s\n", pairs[i].name);
}

static void without_it_there_is_a_race(void)
{
	for (size_t i = 0; i < sizeof(races) / sizeof(races[0]); i++)
		if (!CHECK(faults_of(&races[i]) & 1u << FAULT_DATA_RACE))
			printf("  %s\n", races[i].name);
}

/* --- whom a signal wakes --- */

/* Wait, and remember which thread was woken. */
static void wait_signal(struct memory *m, struct task *t)
{
	mutex_lock(t, &m->mutex);
	condition_wait(t, &m->condition, &m->mutex);
	word_store(t, &m->woken[t->common.cpu], 1);
	mutex_unlock(t, &m->mutex);
}

static bool is_set(struct task *t, struct word *w)
{
	point(t, POINT_READ, w, SITE("flag"));
	return observe(t, word_load(t, w) != 0);
}

/*
 * Thread 0 waits; thread 1 signals once it does, sets the flag, and then waits itself: its own wait
 * is later than the signal, so that only thread 0 can be woken by it.
 */
static uint64_t late_waiter(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct memory *m = memory;

	(void)context;
	if (!cpu) {
		wait_signal(m, t);
		return 0;
	}
	mutex_lock(t, &m->mutex);
	if (observe(t, word_peek(&m->condition.level[0]) == 0)) {
		mutex_unlock(t, &m->mutex);
		return 0;
	}
	condition_signal(t, &m->condition);
	mutex_unlock(t, &m->mutex);
	wait_signal(m, t);
	return 0;
}

/* Two wait, one signal: either can be woken, and only one. */
static uint64_t one_of_two(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct memory *m = memory;

	(void)context;
	if (cpu < 2) {
		wait_signal(m, t);
		return 0;
	}
	if (is_set(t, &m->flag))
		return 0;
	condition_signal(t, &m->condition);
	return 0;
}

struct ends {
	uint32_t woken; /* bit n: there is an end in which the threads in n, a mask, were woken */
};

static void note_woken(void *context, struct fibers *f, bool faulted)
{
	struct ends *ends = context;
	const struct memory *m = (const void *)f->hot.memory;
	uint32_t mask = 0;

	(void)faulted;
	for (uint32_t i = 0; i < 2; i++)
		mask |= (uint32_t)word_peek(&m->woken[i]) << i;
	ends->woken |= 1u << mask;
}

static uint32_t woken_in(uint64_t (*thread)(void *, void *, struct task *, uint32_t),
			 uint32_t threads, enum explore_strategy strategy)
{
	struct ends ends = {0};
	struct explore_model model = {.threads = threads,
				      .memory_bytes = sizeof(struct memory),
				      .init = init,
				      .thread = thread,
				      .outcome = note_woken,
				      .context = &ends};
	struct explore_plan plan = {.strategy = strategy, .all_faults = true};
	struct explore_report report;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK(report.exhausted);
	explore_report_free(&report);
	return ends.woken;
}

static void a_signal_wakes_who_waited(void)
{
	static const enum explore_strategy complete[] = {EXPLORE_DFS, EXPLORE_DPOR,
							 EXPLORE_STATEFUL};

	for (size_t i = 0; i < sizeof(complete) / sizeof(complete[0]); i++) {
		/* Nobody, or thread 0 alone. */
		CHECK_EQ(woken_in(late_waiter, 2, complete[i]), 1u << 0 | 1u << 1);
		/* Nobody, or one of the two; never both. */
		CHECK_EQ(woken_in(one_of_two, 3, complete[i]), 1u << 0 | 1u << 1 | 1u << 2);
	}
}

static const struct test tests[] = {
	{"a wait orders", a_wait_orders},
	{"without it there is a race", without_it_there_is_a_race},
	{"a signal wakes a thread that waited", a_signal_wakes_who_waited},
};

TESTS(tests)
