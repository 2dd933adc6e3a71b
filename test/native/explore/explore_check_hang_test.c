/* SPDX-License-Identifier: MIT */
/* A check that never comes back: a fault that names where it stands, within the time limit. */
#include <string.h>

#include "check.h"
#include "clock.h"
#include "explore.h"

#define LIMIT_MS 5000

enum hang { LOCKS_FREE, LOCKS_HELD, AWAITS, READS_FOR_EVER, HANGS };

static enum hang hang;

struct memory {
	struct machine machine;
	struct mutex lock;
	struct word x;
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct memory *m = memory;

	(void)context;
	machine_init(&m->machine, &nobody);
	mutex_init(&m->lock);
	return &m->machine;
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct memory *m = memory;

	(void)context;
	if (cpu == 0 && hang == LOCKS_HELD)
		mutex_lock(t, &m->lock);
	point(t, POINT_RMW, &m->x, SITE("x++"));
	observe(t, word_add(t, &m->x, 1));
	return 0;
}

static const struct site *check(void *context, void *memory, struct task *t)
{
	struct memory *m = memory;

	(void)context;
	if (hang == LOCKS_FREE || hang == LOCKS_HELD) {
		mutex_lock(t, &m->lock);
		mutex_unlock(t, &m->lock);
	}
	if (hang == AWAITS && !await_change(t, &m->x, 2))
		return SITE("waited for nobody");
	while (hang == READS_FOR_EVER) {
		point(t, POINT_READ, &m->x, SITE("reads x again"));
		if (word_load(&m->x) != 2)
			break;
	}
	return NULL;
}

static struct explore_report look(enum explore_strategy strategy)
{
	struct explore_model model = {.threads = 2,
				      .memory_bytes = sizeof(struct memory),
				      .init = init,
				      .thread = thread,
				      .check = check};
	struct explore_plan plan = {.strategy = strategy, .time_ms_max = LIMIT_MS};
	struct explore_report report;
	uint64_t began = monotonic_ns();

	if (strategy_table[strategy].samples)
		plan.executions_max = 100;
	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK(monotonic_ns() - began < LIMIT_MS * UINT64_C(1000000));
	return report;
}

static void every_hang(void)
{
	static const uint32_t kinds[HANGS] = {0, 1u << FAULT_LOCK_MISUSE, 1u << FAULT_CHECK,
					      1u << FAULT_DEADLOCK};

	for (hang = LOCKS_FREE; hang < HANGS; hang++)
		for (uint32_t s = 0; s < EXPLORE_STRATEGIES; s++) {
			struct explore_report report = look((enum explore_strategy)s);

			CHECK_EQ(report.fault_kinds, kinds[hang]);
			if (hang == READS_FOR_EVER && CHECK_EQ(report.fault_count, 1))
				CHECK(!strcmp(report.fault[0].site->text, "reads x again"));
			explore_report_free(&report);
		}
}

static const struct test tests[] = {
	{"every hang", every_hang},
};

TESTS(tests)
