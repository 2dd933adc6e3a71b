/* SPDX-License-Identifier: MIT */
/* Starting runs and keeping what they report, for tests of the stress engine. */
#ifndef DMTORTURE_RUN_KIT_H
#define DMTORTURE_RUN_KIT_H

#include "check.h"
#include "engine.h"
#include "scenarios.h"

#include <stdatomic.h>

#define WORDS_MAX 64
#define STEP(op, minor) ((uint32_t)(op) | (uint32_t)(minor) << 8)

/* A scenario, as run_start() takes it. */
struct script {
	uint32_t words[WORDS_MAX];
	size_t count;
};

struct heard {
	struct report totals; /* without what it owns */
	uint64_t outcome_rounds, forbidden_rounds;
	uint64_t measured[OP_ROWS_MAX]; /* operations in the latencies */
	_Atomic uint64_t progresses, faults;
	_Atomic unsigned int finished;
	_Atomic uint64_t kinds;	 /* bit n: a fault of kind n was reported */
	unsigned int deaf_after; /* progresses; 0: listens to the end */
};

/* A scenario by its name, or by its place in scenarios.def. */
const struct script *script_named(const char *name);
const struct script *script_at(uint32_t index);
/* Keeps what is reported in @heard. */
struct listener listener_of(struct heard *heard);
/* A run of @patches with short ticks and epochs. @script: NULL for a storm. */
struct run_input input_of(uint64_t patches, const struct script *script);
/* Run to the end, and check that the events agree with the report. */
void run_through(struct heard *heard, const struct run_input *input);
/*
 * After a run that was too short to show what it has to: whether to run again. Then *@input has
 * four times as long, and *@heard is empty. Where a machine is busy, threads may not get to a CPU
 * in some hundred milliseconds.
 */
bool run_longer(struct heard *heard, struct run_input *input);

#endif
