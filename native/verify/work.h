/* SPDX-License-Identifier: MIT */
/* A verification under way: its units are independent, so a few threads take one after another. */
#ifndef DMTORTURE_VERIFY_WORK_H
#define DMTORTURE_VERIFY_WORK_H

#include <pthread.h>
#include <stdatomic.h>

#include "trial.h"

/* One lock of the input. */
struct work_lock {
	uint32_t id; /* as the input has it */
	struct subject subject;
	struct lock_sites sites;
	uint64_t *reached; /* under RC11, by size: bit n is site n; owned */
	bool clean;	   /* no row under RC11 has a fault */
	/* Its barriers in the report: the first, and how many. */
	size_t first, count;
	uint8_t relaxed[LOCK_SITES_MAX]; /* as struct trial has it */
};

struct work {
	const struct verify_input *input;
	struct verify_report *report;
	struct work_lock *lock; /* input->lock_count */
	uint32_t *by_weight;	/* sizes by their index, the largest first: nobody waits for one */
	uint64_t began_ns;
	volatile bool stopping;
	/* Of the phase that is going on. */
	int (*unit)(struct work *w, size_t index);
	size_t units;
	_Atomic size_t next;
	_Atomic int error;
	pthread_mutex_t mutex; /* guards what follows, and calls of `progress` */
	uint64_t told_ns;
	struct verify_progress progress;
};

/* Run @unit for each index below @units. Returns 0 or the first error. */
int work_run(struct work *w, size_t units, int (*unit)(struct work *w, size_t index));
/*
 * Run @trial, whose limits are set here, unless the time is up or it is stopped: then the outcome
 * is unfinished, and says so. Returns as trial_run() does.
 */
int work_try(struct work *w, struct trial *trial, struct outcome_of_trial *outcome);

/* barriers.c: the phases behind the rows. */
int work_barriers(struct work *w);

#endif
