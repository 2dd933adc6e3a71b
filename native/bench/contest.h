/* SPDX-License-Identifier: MIT */
/* Locks against each other in one cell: many short windows, the locks taking turns in each round.
 */
#ifndef DMTORTURE_BENCH_CONTEST_H
#define DMTORTURE_BENCH_CONTEST_H

#include "bench_engine.h"
#include "lock.h"
#include "yardstick.h"

struct contest {
	const struct yardstick *yardstick;
	const struct lock_row *const *locks;
	uint32_t lock_count;
	const char *reference; /* the slug of the lock that the others are divided by */
	struct bench_cell cell;
	bool pinned;
	uint32_t rounds;
	uint64_t window_ns;
	uint64_t stall_ns;    /* injected once into each lock's waits; 0: no stall */
	uint64_t deadline_ns; /* of the monotonic clock: no window begins that would end after it */
	bool *cut;	      /* set where the deadline left rounds out; may be NULL */
	const _Atomic bool *stop;
	int (*tick)(void *context); /* between windows; may be NULL */
	/* Called once a lock at the end. Returns non-zero: enough. */
	int (*row)(void *context, const struct bench_lock_row *row);
	void *context;
};

/*
 * Run it. Returns 0, what `row` returned, -ENOMEM, -EAGAIN. Stopped early, it reports the locks
 * that have a window of each kind.
 */
int contest_run(const struct contest *contest);
/* What it will take. */
uint64_t contest_ns(const struct contest *contest);

#endif
