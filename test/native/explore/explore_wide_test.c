/* SPDX-License-Identifier: MIT */
/* As many threads as a model may have, and more than the narrow vectors have lanes for. */
#include <string.h>

#include "check.h"
#include "explore.h"

#define LAST (EXPLORE_THREADS_MAX - 1)

struct memory {
	struct machine machine;
	struct word word[EXPLORE_THREADS_MAX];
	struct spinlock lock;
};

struct wide {
	enum { OWN_WORDS, ONE_LOCK, LAST_TWO_RACE, LAST_TWO_IN_ORDER } what;
	uint32_t seen; /* bit n: thread n was the first to take the lock */
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct memory *m = memory;

	(void)context;
	machine_init(&m->machine, &nobody);
	spinlock_init(&m->lock, SPIN_TTAS);
	return &m->machine;
}

static void write_plain(struct task *t, struct word *w)
{
	point(t, POINT_WRITE_PLAIN, w, SITE("plain write"));
	word_store(t, w, t->common.cpu + 1);
}

static void locked(struct memory *m, struct task *t)
{
	spin_lock(t, &m->lock);
	if (!word_peek(&m->word[0]))
		word_store(t, &m->word[0], t->common.cpu + 1);
	if (t->common.cpu >= LAST - 1)
		write_plain(t, &m->word[1]);
	spin_unlock(t, &m->lock);
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct wide *wide = context;
	struct memory *m = memory;

	if (wide->what == OWN_WORDS || (wide->what == LAST_TWO_RACE && cpu < LAST - 1))
		word_write(t, &m->word[cpu], 1, ORDER_RELAXED, SITE("own word"));
	else if (wide->what == LAST_TWO_RACE)
		write_plain(t, &m->word[LAST]);
	else
		locked(m, t);
	return 0;
}

static void note_first(void *context, struct fibers *f, bool faulted)
{
	const struct memory *m = (const void *)f->hot.memory;

	(void)faulted;
	((struct wide *)context)->seen |= 1u << word_peek(&m->word[0]) >> 1;
}

static struct explore_report explored(struct wide *wide, struct explore_plan plan)
{
	struct explore_model model = {.threads = EXPLORE_THREADS_MAX,
				      .memory_bytes = sizeof(struct memory),
				      .init = init,
				      .thread = thread,
				      .outcome = note_first,
				      .context = wide};
	struct explore_report report;

	plan.all_faults = true;
	CHECK_EQ(explore(&model, &plan, &report), 0);
	return report;
}

static void independent_threads_have_one_trace(void)
{
	struct wide wide = {.what = OWN_WORDS};
	struct explore_report report =
		explored(&wide, (struct explore_plan){.strategy = EXPLORE_DPOR, .collect = true});

	CHECK(report.exhausted);
	CHECK_EQ(report.executions, 1);
	CHECK_EQ(report.traces, 1);
	explore_report_free(&report);
}

/* Samples have all of them come first, the last, too. */
static void every_thread_comes_first(void)
{
	for (uint32_t s = EXPLORE_RANDOM; s <= EXPLORE_PCT; s++) {
		struct wide wide = {.what = ONE_LOCK};
		struct explore_report report = explored(
			&wide, (struct explore_plan){.strategy = s, .executions_max = 2000});

		CHECK_EQ(wide.seen, (1u << EXPLORE_THREADS_MAX) - 1);
		explore_report_free(&report);
	}
}

static void races_of_the_last_two(void)
{
	struct wide race = {.what = LAST_TWO_RACE}, order = {.what = LAST_TWO_IN_ORDER};
	struct explore_plan plan = {
		.strategy = EXPLORE_RANDOM, .executions_max = 200, .races = true};
	struct explore_report report = explored(&race, plan);

	CHECK_EQ(report.fault_kinds, 1u << FAULT_DATA_RACE);
	CHECK(report.fault[0].cpu >= LAST - 1);
	explore_report_free(&report);
	report = explored(&order, plan);
	CHECK_EQ(report.fault_kinds, 0);
	explore_report_free(&report);
}

static const struct test tests[] = {
	{"independent threads have one trace", independent_threads_have_one_trace},
	{"every thread comes first", every_thread_comes_first},
	{"data races of the last two", races_of_the_last_two},
};
TESTS(tests)
