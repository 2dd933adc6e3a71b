/* SPDX-License-Identifier: MIT */
#include "histogram.h"

void histogram_merge(struct histogram *into, const struct histogram *from)
{
	uint64_t longest = atomic_load_explicit(&from->max, memory_order_relaxed);

	for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		uint64_t add = atomic_load_explicit(&from->bucket[i], memory_order_relaxed);

		atomic_fetch_add_explicit(&into->bucket[i], add, memory_order_relaxed);
	}
	if (longest > atomic_load_explicit(&into->max, memory_order_relaxed))
		atomic_store_explicit(&into->max, longest, memory_order_relaxed);
}

uint64_t histogram_upper(uint32_t bucket)
{
	uint32_t power = bucket / HISTOGRAM_SUB, sub = bucket % HISTOGRAM_SUB;

	if (power < 2)
		return bucket;
	return ((uint64_t)(HISTOGRAM_SUB + sub + 1) << (power - 1)) - 1;
}

uint64_t histogram_quantile(const struct histogram *h, double quantile)
{
	uint64_t longest = atomic_load_explicit(&h->max, memory_order_relaxed);
	uint64_t total = 0, below = 0;

	for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		total += atomic_load_explicit(&h->bucket[i], memory_order_relaxed);
	if (!total || quantile >= 1)
		return total ? longest : 0;
	for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		uint64_t here = atomic_load_explicit(&h->bucket[i], memory_order_relaxed);

		below += here;
		if (here && (double)below >= quantile * (double)total)
			return histogram_upper(i) < longest ? histogram_upper(i) : longest;
	}
	return longest;
}
