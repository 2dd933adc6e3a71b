/* SPDX-License-Identifier: MIT */
/* What dpor.c and reversals.c share: the path of the search, and the orders to reverse in it. */
#ifndef DMTORTURE_DPOR_H
#define DMTORTURE_DPOR_H

#include "clocks.h"
#include "search.h"
#include "wakeup.h"

/* One choice on the path. Masks of threads. */
struct node {
	uint16_t enabled, backtrack, done, sleep;
	uint16_t unsure; /* of those asleep: a sequence that was to wake them has ended */
	uint8_t chosen;
	uint32_t left;				 /* steps to try: of the wakeups */
	struct access about;			 /* what the chosen thread was about to do */
	uint64_t standing;			 /* see search_standing() */
	struct access next[EXPLORE_THREADS_MAX]; /* what each is about to do, or did from here */
};

/* Two accesses of the last execution that can come the other way round. */
struct reversal {
	uint32_t earlier; /* number of the event */
	uint32_t event;	  /* of the later one, which may not have come any more */
	struct access later;
	clock_vector clock; /* of the later one */
};

struct dpor {
	struct clocks *clocks;
	struct node *node; /* one a step */
	uint32_t depth;	   /* steps of the last execution */
	uint32_t replay;   /* of the next, to be followed */
	struct wakeups wakeups;
	bool follows;	/* a sequence, since the choice that was changed last */
	uint32_t guide; /* the rest of it, in all ways: of the wakeups; 0: it has ended */
	struct reversal *reversal;
	uint32_t reversals, reversals_size;
	struct access *sequence;
	uint64_t redundant_before; /* of the report, when the search began */
	uint64_t executions_before;
	bool simple;	 /* no sequences: source sets and sleep sets alone */
	bool relied;	 /* something was left out that these would have tried */
	bool restart;	 /* so all begins again, with these */
	bool falls_back; /* these had to be used */
	bool no_memory;
};

/* --- reversals.c --- */

/* Have the other order of @later, an access, and event @earlier be tried. Context: as of a race_fn.
 */
void reversals_add(struct dpor *dpor, uint32_t earlier, const struct access *later,
		   const clock_vector *clock);
/* See to all of them. Context: the clocks stand at the end of the execution. */
void reversals_make(struct dpor *dpor);
/*
 * Whether the last execution has what sequences are not made for: a wait for a word, a writer that
 * queues, a thread that began behind a choice, or a fault that was the end for all, so that what
 * could have come later did not.
 */
bool reversals_are_simple(const struct dpor *dpor, const struct fibers *f);

#endif
