/* SPDX-License-Identifier: MIT */
/* What the machine itself is like, measured in the same run: the scale for everything else. */
#ifndef DMTORTURE_BENCH_YARDSTICK_H
#define DMTORTURE_BENCH_YARDSTICK_H

#include <stdint.h>

struct yardstick {
	uint32_t cpus; /* that the process may use */
	double ticks_per_ns;
	double loops_per_ns; /* of work(), the best of many short windows */
	double noise;	     /* the share of time that others took */
	double transfer_ns;  /* a cache line's way from one CPU to another; 0 with one CPU */
	double clock_ns;     /* from one ticks() to the next: what no wait is shorter than */
};

struct crew;

/*
 * Nanoseconds that a cache line takes from one of the two members of @crew to the other, in one
 * window. A hypervisor that moves its CPUs about changes it threefold from one second to the
 * next, so figures that depend on it are taken beside it.
 */
double yardstick_transfer_ns(struct crew *crew, uint64_t window_ns);
void yardstick_take(struct yardstick *yardstick);
/* Loops of work() that take @ns. */
uint64_t yardstick_loops(const struct yardstick *yardstick, double ns);
/*
 * The speed of work() now: set beside loops_per_ns it shows whether the clock rate moved. *@noise:
 * of the time that it ran, what others took: other threads, the hypervisor, a neighbour on the
 * core.
 */
double yardstick_loops_per_ns(double *noise);

#endif
