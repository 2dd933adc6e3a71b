/* SPDX-License-Identifier: MIT */
#include "stats.h"

#include <math.h>
#include <stdlib.h>

#define MISS_95 0.05 /* how often the interval may miss the true median */

static int by_value(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/*
 * How many values an interval of the median leaves out at each end, so that it misses the true one
 * with a probability of at most 5 %: the largest k with 2 P(B(n, 1/2) < k) <= 0.05. 0: it has none,
 * not even from the smallest to the largest.
 */
static uint32_t values_outside(uint32_t count)
{
	double log_share = -(double)count * log(2), miss = 0;
	uint32_t k = 0;

	while (k < count) {
		miss += 2 * exp(log_share);
		if (miss > MISS_95)
			break;
		log_share += log((double)(count - k) / (k + 1));
		k++;
	}
	return k;
}

struct estimate estimate_of(double *values, uint32_t count)
{
	uint32_t outside = values_outside(count);
	double median;

	if (!count)
		return (struct estimate){0};
	qsort(values, count, sizeof(*values), by_value);
	median = (values[(count - 1) / 2] + values[count / 2]) / 2;
	if (!outside)
		return (struct estimate){.median = median, .low = NAN, .high = NAN};
	return (struct estimate){
		.median = median,
		.low = values[outside - 1],
		.high = values[count - outside],
	};
}

struct estimate estimate_ratio(const double *over, const double *under, uint32_t count,
			       double *scratch)
{
	for (uint32_t i = 0; i < count; i++)
		scratch[i] = under[i] > 0 ? over[i] / under[i] : 0;
	return estimate_of(scratch, count);
}

/* How many of value - interval, value - 2 interval, ... >= interval are in @low..@high. */
static uint64_t echoes(uint64_t value, uint64_t interval, uint64_t low, uint64_t high)
{
	uint64_t first, last;

	if (low < interval)
		low = interval;
	if (value < interval || high < low || value - interval < low)
		return 0;
	last = (value - low) / interval;
	first = value > high ? (value - high + interval - 1) / interval : 1;
	if (first < 1)
		first = 1;
	return last >= first ? last - first + 1 : 0;
}

void histogram_correct(struct histogram *into, const struct histogram *from, uint64_t interval)
{
	histogram_merge(into, from);
	if (!interval)
		return;
	for (uint32_t i = histogram_bucket(interval); i < HISTOGRAM_BUCKETS; i++) {
		uint64_t count = atomic_load_explicit(&from->bucket[i], memory_order_relaxed);
		uint64_t value = histogram_upper(i);

		for (uint32_t j = 0; count && j <= i; j++) {
			uint64_t low = j ? histogram_upper(j - 1) + 1 : 0;
			uint64_t more = echoes(value, interval, low, histogram_upper(j));

			if (more)
				atomic_fetch_add_explicit(&into->bucket[j], count * more,
							  memory_order_relaxed);
		}
	}
}

struct bench_quantiles quantiles_of(const struct histogram *h, double ticks_per_ns,
				    uint64_t longest)
{
	double max = (double)longest / ticks_per_ns;
	double at[] = {0.5, 0.9, 0.99, 0.999};

	for (unsigned int i = 0; i < 4; i++) {
		at[i] = (double)histogram_quantile(h, at[i]) / ticks_per_ns;
		if (at[i] > max)
			at[i] = max;
	}
	return (struct bench_quantiles){at[0], at[1], at[2], at[3], max};
}
