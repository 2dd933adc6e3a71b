/* SPDX-License-Identifier: MIT */
/*
 * Prints what can come of each program, by the explorer: a line each, outcomes in hexadecimal. They
 * are those of the states; dpor has to find the same, and random walks nothing else.
 */
#include <inttypes.h>
#include <stdio.h>

#include "explore.h"
#include "programs.h"

#define OUTCOMES_MAX 4096
#define WALKS 2000

struct run {
	struct program program;
	uint64_t outcome[OUTCOMES_MAX];
	uint32_t count;
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;

	memory_init(memory, &nobody, ((struct run *)context)->program.threads);
	return &((struct memory *)memory)->machine;
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	run_thread(memory, t, &((struct run *)context)->program, cpu);
	return 0;
}

static void keep(void *context, struct fibers *f, bool faulted)
{
	struct run *run = context;
	uint64_t outcome = faulted ? DEADLOCKED : outcome_of((const void *)f->hot.memory);

	for (uint32_t i = 0; i < run->count; i++)
		if (run->outcome[i] == outcome)
			return;
	if (run->count < OUTCOMES_MAX)
		run->outcome[run->count++] = outcome;
}

/* What comes of @program by @plan. Returns false where a search fails or finds what it may not. */
static bool search(struct run *run, struct program program, struct explore_plan plan)
{
	struct explore_model model = {.memory_bytes = sizeof(struct memory),
				      .threads = program.threads,
				      .init = init,
				      .thread = thread,
				      .outcome = keep,
				      .context = run};
	struct explore_report report;
	int r;

	run->program = program;
	run->count = 0;
	plan.all_faults = true;
	r = explore(&model, &plan, &report);
	if (r)
		return false;
	explore_report_free(&report);
	return (report.exhausted || plan.executions_max) &&
	       !(report.fault_kinds & ~(1u << FAULT_DEADLOCK));
}

/* Whether all outcomes of @part are among those of @whole. */
static bool has_all(const struct run *whole, const struct run *part)
{
	for (uint32_t i = 0; i < part->count; i++) {
		uint32_t at = 0;

		while (at < whole->count && whole->outcome[at] != part->outcome[i])
			at++;
		if (at == whole->count)
			return false;
	}
	return true;
}

static bool agrees(const struct run *states, struct explore_plan plan, bool all)
{
	static struct run other;

	return search(&other, states->program, plan) && has_all(states, &other) &&
	       (!all || other.count == states->count);
}

int main(void)
{
	static struct run run;

	for (uint32_t number = 0; number < PROGRAMS; number++) {
		struct explore_plan walk = {.strategy = EXPLORE_RANDOM, .executions_max = WALKS};

		if (!search(&run, program_of(number),
			    (struct explore_plan){.strategy = EXPLORE_STATEFUL}))
			return 3;
		if (!agrees(&run, (struct explore_plan){.strategy = EXPLORE_DPOR}, true) ||
		    !agrees(&run, walk, false)) {
			fprintf(stderr, "program %u: the strategies differ\n", number);
			return 4;
		}
		walk.races = true;
		if (!agrees(&run, walk, false))
			return 5;
		printf("%u", run.count);
		for (uint32_t i = 0; i < run.count; i++)
			printf(" %" PRIx64, run.outcome[i]);
		printf("\n");
	}
	return 0;
}
