/* SPDX-License-Identifier: MIT */
/* A device mapper with a player for each thread of a crew. */
#ifndef DMTORTURE_BENCH_ARENA_H
#define DMTORTURE_BENCH_ARENA_H

#include "program.h"
#include "world_memory.h"

#define ARENA_THREADS_MAX (TASKS_MAX - 1)

struct arena {
	struct world_memory memory;
	struct world *world;
	char *players; /* threads + 1, each on lines of its own; the last is the closer's */
	uint32_t threads;
	_Atomic uint64_t faults;
	_Atomic enum fault_kind first; /* the kind of the first of them */
};

/*
 * A world under @patches with room for @minors; with patch 04 its _minor_lock is @lock, see
 * lock_row_at(). @arena
 * must stay where it is: the world's recorder has its address. Returns 0 or -ENOMEM.
 */
int arena_open(struct arena *arena, uint32_t threads, uint32_t minors, uint64_t patches,
	       uint32_t lock, uint64_t seed);
void arena_close(struct arena *arena);
/* @thread: below threads; threads is the closer. */
struct player *arena_player(const struct arena *arena, uint32_t thread);
/* Have the closer create the devices 0 .. @count - 1. Returns 0 or -EIO. */
int arena_create(struct arena *arena, uint32_t count);

#endif
