/* SPDX-License-Identifier: MIT */
/*
 * A crew: threads that are started once, and then run one window after another. A window is a
 * fixed time with a start line, not a fixed count: with a count the thread that starts first is
 * through before the last begins, and nothing was contended.
 *
 * Affinity is the crew's own; the caller's is only read. No priority is ever touched.
 */
#ifndef DMTORTURE_BENCH_CREW_H
#define DMTORTURE_BENCH_CREW_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ticks.h"

#define CREW_ALIGN 128

struct crew;

/* One thread; what it did in the window before. */
struct member {
	struct crew *crew;
	void *own; /* what a suite keeps for it */
	uint32_t index;
	pthread_t thread;
	uint64_t ops;
	uint64_t began, ended; /* ticks */
	uint64_t cpu_ns;
	_Atomic bool at_work; /* for a look at why a window does not end */
} __attribute__((aligned(CREW_ALIGN)));

struct crew {
	uint32_t threads;
	double ticks_per_ns;
	struct member *members;
	void *context; /* of the window, for its work */
	/* What the members read while they work; written at the end of a window alone. */
	_Atomic bool stop __attribute__((aligned(CREW_ALIGN)));
	_Atomic bool go __attribute__((aligned(CREW_ALIGN)));
	_Atomic uint32_t at_line __attribute__((aligned(CREW_ALIGN)));
	void (*work)(struct member *member);
	pthread_mutex_t lock;
	pthread_cond_t turn_begins, turn_ends;
	uint64_t turn;
	uint32_t working; /* members that have not ended this turn */
	bool ends;
	/* Called where a window is not over @hang_ns after its end; does not return. NULL: nobody.
	 */
	void (*hangs)(const struct crew *crew);
	uint64_t hang_ns;
};

/* One window of a crew, summed up. */
struct window {
	uint64_t ops;
	double seconds; /* from the first to begin to the last to end */
	double overlap; /* of that, the share in which all were at work */
	double jain;	/* of the members' ops */
	double cpu_ns_per_op;
	double ops_per_second;
};

/* CPUs that this process may use. */
uint32_t crew_cpus(void);
/*
 * Start @threads threads. @pinned: each stays on one of the CPUs that the process may use.
 * Returns NULL without memory or threads.
 */
struct crew *crew_new(uint32_t threads, bool pinned, double ticks_per_ns);
/* Have the threads end, and free the crew. */
void crew_free(struct crew *crew);
/*
 * Have every member call @work until crew->stop is set, after @window_ns. @work sets its
 * member's ops. @stop: ends the window early; may be NULL. Returns the sum in *@window.
 */
void crew_run(struct crew *crew, void (*work)(struct member *member), void *context,
	      uint64_t window_ns, const _Atomic bool *stop, struct window *window);

/* Jain's index of @count values, @stride bytes apart: 1 when all are equal, 1/count at worst. */
double jain_index(const uint64_t *values, uint32_t count, size_t stride);

static inline bool crew_stops(const struct member *member)
{
	return atomic_load_explicit(&member->crew->stop, memory_order_relaxed);
}

#endif
