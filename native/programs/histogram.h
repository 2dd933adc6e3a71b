/* SPDX-License-Identifier: MIT */
/*
 * A log-linear histogram of durations: 16 buckets to a power of two, so a quantile is within
 * 6.25 % of the truth. After Gil Tene's HdrHistogram. One writer; a reader may look at any time.
 */
#ifndef DMTORTURE_HISTOGRAM_H
#define DMTORTURE_HISTOGRAM_H

#include <stdatomic.h>
#include <stdint.h>

#define HISTOGRAM_SUB_BITS 4
#define HISTOGRAM_SUB (1u << HISTOGRAM_SUB_BITS)
#define HISTOGRAM_POWERS 40 /* ticks up to 2^43: an hour */
#define HISTOGRAM_BUCKETS (HISTOGRAM_POWERS * HISTOGRAM_SUB)

struct histogram {
	_Atomic uint64_t bucket[HISTOGRAM_BUCKETS];
	_Atomic uint64_t max; /* the longest, exactly */
};

/* The bucket of @ticks; longer ones share the last. */
static inline uint32_t histogram_bucket(uint64_t ticks)
{
	uint32_t power, bucket;

	if (ticks < HISTOGRAM_SUB)
		return (uint32_t)ticks;
	power = 63 - (uint32_t)__builtin_clzll(ticks);
	bucket = (power - HISTOGRAM_SUB_BITS) * HISTOGRAM_SUB +
		 (uint32_t)(ticks >> (power - HISTOGRAM_SUB_BITS));
	return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

/* Add one to a counter that only the caller writes: a load and a store, no locked operation. */
static inline void counter_bump(_Atomic uint64_t *counter)
{
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1,
			      memory_order_relaxed);
}

static inline void histogram_add(struct histogram *h, uint64_t ticks)
{
	counter_bump(&h->bucket[histogram_bucket(ticks)]);
	if (ticks > atomic_load_explicit(&h->max, memory_order_relaxed))
		atomic_store_explicit(&h->max, ticks, memory_order_relaxed);
}

/* Add @from to @into, which only the caller touches. */
void histogram_merge(struct histogram *into, const struct histogram *from);
/* The highest ticks of bucket @bucket. */
uint64_t histogram_upper(uint32_t bucket);
/*
 * The @quantile (0..1) in ticks, rounded up to its bucket's end, and no longer than the longest;
 * 0 when empty. 1: the longest, exactly.
 */
uint64_t histogram_quantile(const struct histogram *h, double quantile);

#endif
