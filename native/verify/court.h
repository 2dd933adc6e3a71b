/* SPDX-License-Identifier: MIT */
/*
 * A lock as a program for the explorer: threads that each take it a number of times, and what has
 * to hold of it. See verify.h.
 */
#ifndef DMTORTURE_VERIFY_COURT_H
#define DMTORTURE_VERIFY_COURT_H

#include "explore.h"
#include "lock.h"
#include "story.h"
#include "verify.h"

#define COURT_TITLE_MAX 48

struct court {
	const struct lock_row *row;
	struct verify_size size;
	char title[COURT_TITLE_MAX];
	struct reached *reached;    /* sites that threads came to; NULL: nobody asks */
	struct explore_model model; /* its context is the court, so that none of this moves */
};

/* Make @court one of @row, which stays the caller's. */
void court_init(struct court *court, const struct lock_row *row, struct verify_size size);

/*
 * The trace of @schedule under the memory model and the orders of @plan. Returns 0, with *@trace to
 * be freed, or -errno as explore() does.
 */
int court_tell(const struct court *court, const struct explore_plan *plan,
	       const struct schedule *schedule, struct wanted_fault wanted, struct trace *trace);

#endif
