/* SPDX-License-Identifier: MIT */
/* Plans of the engine, from inside. */
#ifndef DMTORTURE_BENCH_PLAN_H
#define DMTORTURE_BENCH_PLAN_H

#include "bench_engine.h"
#include "lock.h"

#define LOCK_PEERS_MAX 64

_Static_assert(LOCK_COUNT < 64, "locks are bits of a mask");

/* Whether every number of @plan is in its range. */
bool bench_plan_in_range(const struct bench_plan *plan);

#endif
