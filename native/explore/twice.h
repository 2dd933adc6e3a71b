/* SPDX-License-Identifier: MIT */
/*
 * Whether a program is deterministic: a schedule that is run again has to do the same again.
 *
 * Samples never come back to what they have run, so their first TWICE_FIRST executions are each run
 * again at once, and one in TWICE_EVERY of all others; dfs, dpor and stateful compare what they
 * come back to. Some executions are kept with their values, and run again later: what changes for
 * good, however late, is seen by one that was kept before. Their ages grow by powers of two. All
 * are run again at the end of every search, before a report says anything.
 *
 * What is different in one execution alone, and the same in all before and after it, is seen where
 * that execution is among those, and not where it is another one.
 */
#ifndef DMTORTURE_TWICE_H
#define DMTORTURE_TWICE_H

#include "explore.h"

#define TWICE_EVERY 1024
#define TWICE_FIRST 256 /* the hunts of a portfolio, whole */
#define TWICE_KEPT 8

struct search;

/* An execution, with the values it saw. */
struct witness {
	struct access *trace; /* NULL: none is kept here */
	struct sighting *seen;
	uint32_t *schedule;
	uint8_t *option; /* of each step; NULL: sequentially consistent */
	uint32_t length, steps, faults;
};

struct twice {
	struct witness usual;		 /* the default schedule, first of all */
	struct witness kept[TWICE_KEPT]; /* the higher, the longer ago */
	uint32_t count;			 /* how often one was kept */
	uint32_t *schedule;		 /* of the execution that has just ended */
	uint8_t *option;
	uint64_t dice; /* when it began; of walks */
	const struct witness *followed;
	const struct site *first[FIBERS_MAX]; /* what each thread did first, before any other */
};

void twice_free(struct twice *twice);
/*
 * Run the default schedule twice, and keep it. Context: `first` is filled. Returns 0, -ESTALE with
 * report->differs set, or -ENOMEM.
 */
int twice_begin(struct search *s);
/*
 * Run the execution that has just ended again, and keep it; and one that was kept before: the one
 * in whose place it stands, else the default schedule. Returns as twice_begin().
 */
int twice_again(struct search *s);
/* Run the execution that has just ended again; its values are not compared. Returns as above. */
int twice_quickly(struct search *s);
/* Run all again that are kept. Context: no strategy runs. Returns 0 or -ESTALE. */
int twice_all(struct search *s);
/*
 * Run the schedule of every fault of the report again: it has to lead to that kind of fault, at
 * that site. Context: no strategy runs. Returns 0 or -ESTALE.
 */
int twice_faults(struct search *s);
/* Whether the threads stand at their first points as they did before. Returns 0 or -ESTALE. */
int twice_start(struct search *s);
/* What stands at step @step is @now where it was @then. Returns -ESTALE. */
int twice_differs(struct search *s, uint32_t step, uint32_t cpu, const struct site *then,
		  const struct site *now);

#endif
