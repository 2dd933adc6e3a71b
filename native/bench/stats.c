/* SPDX-License-Identifier: MIT */
#include "stats.h"

#include <math.h>
#include <stdlib.h>

#define Z95 1.959964

static int by_value(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

struct estimate estimate_of(double *values, uint32_t count)
{
	double reach = Z95 * sqrt(count) / 2, median;
	int64_t low, high;

	if (!count)
		return (struct estimate){0};
	qsort(values, count, sizeof(*values), by_value);
	median = (values[(count - 1) / 2] + values[count / 2]) / 2;
	if (count < BENCH_WINDOWS_MIN)
		return (struct estimate){.median = median, .low = NAN, .high = NAN};
	low = (int64_t)floor(count / 2.0 - reach) - 1;
	high = (int64_t)ceil(count / 2.0 + reach);
	return (struct estimate){
		.median = median,
		.low = values[low < 0 ? 0 : low],
		.high = values[high >= count ? count - 1 : high],
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
