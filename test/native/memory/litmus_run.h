/* SPDX-License-Identifier: MIT */
/* A litmus test as a model of the explorer, and what a search of it finds. */
#ifndef DMTORTURE_LITMUS_RUN_H
#define DMTORTURE_LITMUS_RUN_H

#include "explore.h"
#include "litmus.h"

struct litmus_run {
	uint64_t graphs; /* report.traces, where the plan collects */
	uint64_t states, executions;
	bool exhausted;
	bool races;
	bool other_faults;
	struct outcomes outcomes; /* of executions without a fault */
};

/* Explore @l as @plan says, past all faults. */
void litmus_explore(const struct litmus *l, struct explore_plan plan, struct litmus_run *run);

/* The strategies that claim to be complete under every memory model. */
#define LITMUS_STRATEGIES 2
extern const enum explore_strategy litmus_strategy[LITMUS_STRATEGIES];

#endif
