/* SPDX-License-Identifier: MIT */
/* A benchmark from inside: what its life (bench_engine.c) and its parts (bench_parts.c) share. */
#ifndef DMTORTURE_BENCH_RUN_H
#define DMTORTURE_BENCH_RUN_H

#include <pthread.h>
#include <stdatomic.h>

#include "bench_plan.h"
#include "own_lock.h"
#include "yardstick.h"

#define VALIDATE_THREADS 2
#define CONTROL_TRIES 20 /* a lock that excludes nobody may be lucky once */

struct bench {
	struct bench_plan plan;
	struct bench_cell *cells;
	uint32_t *populations;
	uint64_t *sets;
	struct bench_listener listener;
	struct yardstick yardstick;
	pthread_t controller;
	_Atomic bool stop; /* somebody asked, or nobody listens */
	const struct lock_row *locks[2 * LOCK_COUNT + LOCK_PEERS_MAX + OWN_LOCKS_MAX];
	struct lock_row by_pointer[LOCK_COUNT]; /* of the table, for libraries to be set against */
	struct lock_ops by_pointer_ops[LOCK_COUNT];
	uint32_t lock_count;
	uint64_t schemes; /* refcount: rows of ref_table, bit n: row n */
	uint64_t began_ns, expected_ns, told_ns;
	uint64_t done_ns;			/* what the parts that are done were to take */
	uint64_t measured_ns, measured_plan_ns; /* what parts with windows took, and were to */
	uint64_t part_began_ns, part_ns;	/* and the part that runs */
	uint32_t part_rounds;			/* windows of each row of it */
	uint32_t cells_done, cell_count, cells_left_out;
	bool limited; /* the time limit left something out, or cut it */
};

/* Run every part of the plan. Returns 0, or what the first that failed returned. */
int bench_run_parts(struct bench *b);
/* Every scheme of ref_table except the control, bit n: row n. */
uint64_t bench_schemes(void);
/*
 * Try row @scheme of ref_table on real threads. One that frees too early, or not at all, is not
 * measured: it is taken out of b->schemes. Returns 0, -ENOMEM, -EAGAIN.
 */
int bench_validate_scheme(struct bench *b, uint32_t scheme);

#endif
