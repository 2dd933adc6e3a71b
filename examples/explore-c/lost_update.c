/* SPDX-License-Identifier: MIT */
/*
 * Two threads add 1 to a counter: without a lock an addition can be lost, with one none can. Ends
 * with 0 when the explorer finds the first and proves the second.
 */
#include <inttypes.h>
#include <stdio.h>

#include "explore.h"

struct shared {
	struct machine machine;
	struct spinlock lock;
	struct word counter;
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct shared *shared = memory;

	(void)context;
	machine_init(&shared->machine, &nobody);
	spinlock_init(&shared->lock, SPIN_TTAS);
	return &shared->machine;
}

static void add(struct shared *shared, struct task *t)
{
	uint64_t value;

	point(t, POINT_READ, &shared->counter, SITE("value = counter"));
	value = observe(t, word_load(&shared->counter));
	point(t, POINT_WRITE, &shared->counter, SITE("counter = value + 1"));
	word_store(t, &shared->counter, value + 1);
}

static uint64_t without_lock(void *context, void *memory, struct task *t, uint32_t cpu)
{
	(void)context;
	(void)cpu;
	add(memory, t);
	return 0;
}

static uint64_t with_lock(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct shared *shared = memory;

	(void)context;
	(void)cpu;
	spin_lock(t, &shared->lock);
	add(shared, t);
	spin_unlock(t, &shared->lock);
	return 0;
}

static const struct site *check(void *context, void *memory, struct task *closer)
{
	struct shared *shared = memory;

	(void)context;
	(void)closer;
	return word_load(&shared->counter) == 2 ? NULL : SITE("an addition was lost");
}

/* Whether every interleaving of two @thread adds up. */
static bool adds_up(const char *name,
		    uint64_t (*thread)(void *context, void *memory, struct task *t, uint32_t cpu))
{
	struct explore_model model = {.threads = 2,
				      .memory_bytes = sizeof(struct shared),
				      .init = init,
				      .thread = thread,
				      .check = check};
	struct explore_plan plan = {.strategy = EXPLORE_DPOR};
	struct explore_report report;
	bool clean;

	if (explore(&model, &plan, &report) != 0)
		return false;
	clean = report.exhausted && !report.fault_count;
	printf("%s: %" PRIu64 " executions, %s%s\n", name, report.executions,
	       report.fault_count ? report.fault[0].site->text : "no fault",
	       report.exhausted ? ", exhausted" : "");
	explore_report_free(&report);
	return clean;
}

int main(void)
{
	bool lost = !adds_up("without a lock", without_lock);

	return lost && adds_up("with a lock", with_lock) ? 0 : 1;
}
