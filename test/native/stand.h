/* SPDX-License-Identifier: MIT */
/*
 * A test stand: a machine, a slab and tasks without a device mapper, and a recorder that keeps
 * the faults reported to it. For tests of what lies below the world.
 */
#ifndef DMTORTURE_STAND_H
#define DMTORTURE_STAND_H

#include "catcher.h"
#include "slab.h"

#define STAND_TASKS 8

struct stand {
	struct machine machine;
	struct slab slab;
	struct slab_limits limits;
	char *memory;
	struct task task[STAND_TASKS];
	unsigned int tasks;
	struct catcher catcher;
	uint64_t late_ms; /* since when stand_late(), by now_ms(); stand_run() sets it */
};

/* What a task of a test does. */
typedef void (*body_fn)(struct task *t, void *context);

/* Make a stand with @tasks tasks and an arena of @arena_bytes (0: 8 MiB). */
struct stand *stand_open_sized(unsigned int tasks, size_t arena_bytes, size_t chunk_bytes);
struct stand *stand_open(unsigned int tasks);
void stand_close(struct stand *s);
/* Run @body as @t on this thread. Returns whether it came to its end, false: it left. */
bool attempt(struct task *t, body_fn body, void *context);
/*
 * Run @body as every task, each on a thread of its own, all let go at once; then task_done().
 * Returns how many came to their end.
 */
unsigned int stand_run(struct stand *s, body_fn body, void *context);
/*
 * Whether the bodies have run for so long that a body of many rounds ends early: where tasks
 * outnumber the CPUs that are free, a lock that serves in order is handed over once a time slice.
 */
bool stand_late(const struct stand *s);
/* Sleep; the time of the monotonic clock. */
void nap_ms(long ms);
uint64_t now_ms(void);
/* The next number of a xorshift generator. @state is never 0. */
uint64_t draw(uint64_t *state);

#endif
