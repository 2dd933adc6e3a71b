/* SPDX-License-Identifier: MIT */
/* Ways to take and drop a reference, against a bare pair of locked additions. */
#ifndef DMTORTURE_BENCH_REFCOUNT_H
#define DMTORTURE_BENCH_REFCOUNT_H

#include <stdatomic.h>

#include "bench_engine.h"
#include "refcount_table.h"
#include "yardstick.h"

struct refcount_trial {
	const struct yardstick *yardstick;
	uint32_t threads;
	bool shared;	  /* each thread goes through all objects, of which there are: */
	uint32_t objects; /* not shared: each has one of its own */
	uint64_t schemes; /* those of ref_table that are measured beside, bit n: row n */
	bool pinned;
	uint32_t rounds;
	uint64_t window_ns;
	uint64_t seed;
	uint64_t deadline_ns; /* of the monotonic clock: no round begins after it */
	const _Atomic bool *stop;
	int (*row)(void *context, const struct bench_refcount_row *row);
	void *context;
};

/* Returns 0, what `row` returned, -ENOMEM, -EAGAIN, -EIO. */
int refcount_run(const struct refcount_trial *trial);
uint64_t refcount_ns(const struct refcount_trial *trial);

#endif
