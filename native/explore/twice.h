/* SPDX-License-Identifier: MIT */
/*
 * Whether a program is deterministic: a schedule that is run again has to do the same again. One
 * schedule in TWICE_EVERY is, the first of a process among them, and what a search has run before
 * it comes back to has to look as it did then.
 */
#ifndef DMTORTURE_TWICE_H
#define DMTORTURE_TWICE_H

#include "explore.h"

#define TWICE_EVERY 1024

struct search;

/* An execution, with the values it saw. */
struct twice {
	struct access *trace;
	struct sighting *seen;
	uint32_t *schedule;
	uint32_t length, steps, faults;
	const struct site *first[FIBERS_MAX]; /* what each thread did first, before any other */
};

void twice_free(struct twice *twice);
/*
 * Run the default schedule twice. Context: `first` is filled. Returns 0, -ESTALE with
 * report->differs set, or -ENOMEM.
 */
int twice_begin(struct search *s);
/* Run the execution that has just ended again, twice. Returns as twice_begin(). */
int twice_again(struct search *s);
/* Whether the threads stand at their first points as they did before. Returns 0 or -ESTALE. */
int twice_start(struct search *s);
/* What stands at step @step is @now where it was @then. Returns -ESTALE. */
int twice_differs(struct search *s, uint32_t step, uint32_t cpu, const struct site *then,
		  const struct site *now);

#endif
