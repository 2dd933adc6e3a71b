/* SPDX-License-Identifier: MIT */
/* Prints what can come of each program, by the explorer: a line each, outcomes in hexadecimal. */
#include <inttypes.h>
#include <stdio.h>

#include "explore.h"
#include "programs.h"

#define OUTCOMES_MAX 4096

struct run {
	struct program program;
	uint64_t outcome[OUTCOMES_MAX];
	uint32_t count;
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;

	(void)context;
	memory_init(memory, &nobody);
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

int main(void)
{
	static struct run run;
	struct explore_model model = {.memory_bytes = sizeof(struct memory),
				      .init = init,
				      .thread = thread,
				      .outcome = keep,
				      .context = &run};
	struct explore_plan plan = {.strategy = EXPLORE_STATEFUL, .all_faults = true};

	for (uint32_t number = 0; number < PROGRAMS; number++) {
		struct explore_report report;
		int r;

		run.program = program_of(number);
		run.count = 0;
		model.threads = run.program.threads;
		r = explore(&model, &plan, &report);
		if (r || !report.exhausted || report.fault_kinds & ~(1u << FAULT_DEADLOCK))
			return 3;
		explore_report_free(&report);
		printf("%u", run.count);
		for (uint32_t i = 0; i < run.count; i++)
			printf(" %" PRIx64, run.outcome[i]);
		printf("\n");
	}
	return 0;
}
