/* SPDX-License-Identifier: MIT */
/* An execution that ends while a thread has only begun another. */
#include "check.h"
#include "explore.h"

struct memory {
	struct machine machine;
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct memory *m = memory;

	(void)context;
	machine_init(&m->machine, &nobody);
	return &m->machine;
}

static uint64_t faults_at_once(void *context, void *memory, struct task *t, uint32_t cpu)
{
	(void)context;
	(void)memory;
	if (!cpu)
		fibers_spawn(t, 1);
	else
		machine_fault(t, FAULT_CHECK, SITE("at once"), "before any access");
	return 0;
}

/* Its parent, which began it, has not come to an access then. */
static void a_child_that_faults_at_once(void)
{
	struct explore_model model = {.threads = 2,
				      .begins = 1,
				      .memory_bytes = sizeof(struct memory),
				      .init = init,
				      .thread = faults_at_once};
	static const enum explore_strategy all[] = {EXPLORE_DFS, EXPLORE_DPOR, EXPLORE_RANDOM};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct explore_report report;

		CHECK_EQ(explore(&model, &(struct explore_plan){.strategy = all[i]}, &report), 0);
		CHECK_EQ(report.fault_count, 1);
		CHECK_EQ(report.fault[0].cpu, 1);
		explore_report_free(&report);
	}
}

static const struct test tests[] = {
	{"a child that faults at once", a_child_that_faults_at_once},
};
TESTS(tests)
