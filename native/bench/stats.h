/* SPDX-License-Identifier: MIT */
/* Medians with their intervals, and waits corrected for coordinated omission. */
#ifndef DMTORTURE_BENCH_STATS_H
#define DMTORTURE_BENCH_STATS_H

#include "bench_engine.h"
#include "histogram.h"

/*
 * A median and the interval that holds the true one with a probability of 95 %: order statistics
 * by the exact binomial distribution, no assumption about how values are distributed. Fewer than
 * BENCH_WINDOWS_MIN values have no interval that holds it so surely: @low and @high are NAN.
 */
struct estimate {
	double median, low, high;
};

/* Sorts @values. @count 0: all zero. */
struct estimate estimate_of(double *values, uint32_t count);
/* The same of over[i] / under[i], measured side by side. @scratch: @count values. */
struct estimate estimate_ratio(const double *over, const double *under, uint32_t count,
			       double *scratch);

/*
 * Add to @into what @from would hold if a thread that waited for long had gone on asking every
 * @interval ticks meanwhile: a wait w stands for waits of w - interval, w - 2 interval, ... too.
 * Gil Tene, "How NOT to Measure Latency", 2013; HdrHistogram's
 * copyCorrectedForCoordinatedOmission().
 */
void histogram_correct(struct histogram *into, const struct histogram *from, uint64_t interval);

/* The quantiles of @h's ticks; none is above @longest, which is exact. */
struct bench_quantiles quantiles_of(const struct histogram *h, double ticks_per_ns,
				    uint64_t longest);

#endif
