/* SPDX-License-Identifier: MIT */
/* Plans of the engine, from inside. */
#ifndef DMTORTURE_BENCH_PLAN_H
#define DMTORTURE_BENCH_PLAN_H

#include "bench_engine.h"
#include "lock.h"

#define LOCK_PEERS_MAX 64

_Static_assert((int)LOCK_COUNT < 64 && (int)RWLOCK_COUNT <= (int)LOCK_COUNT,
	       "locks are bits of a mask");

/* The locks of @suite: lock_table or rwlock_table, with *@count rows. */
const struct lock_row *lock_rows_of(enum bench_suite suite, uint32_t *count);
/* Whether every number of @plan is in its range. */
bool bench_plan_in_range(const struct bench_plan *plan);

#endif
