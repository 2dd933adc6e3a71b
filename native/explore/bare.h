/* SPDX-License-Identifier: MIT */
/*
 * The ceiling of a random walk: fibers that only draw the next thread and switch to it. There is no
 * oracle, no memory and no undo; the time that an exploration takes beyond this is its own work.
 */
#ifndef DMTORTURE_BARE_H
#define DMTORTURE_BARE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BARE_THREADS_MAX 8

struct bare;

struct bare_window {
	uint64_t elapsed_ns;
	uint64_t points;   /* that were come to */
	uint64_t switches; /* of those, where another fiber went on */
};

/* NULL: no memory. */
struct bare *bare_new(uint64_t seed);
void bare_free(struct bare *b);
/*
 * Run @executions executions. In each, @threads fibers (1..BARE_THREADS_MAX) come to @points
 * points, shared out evenly. Context: blocks; @b is used by one thread at a time.
 */
void bare_run(struct bare *b, uint32_t threads, uint32_t points, uint32_t executions,
	      struct bare_window *window);

#ifdef __cplusplus
}
#endif
#endif
