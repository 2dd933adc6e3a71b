/* SPDX-License-Identifier: MIT */
/*
 * Clocks in the form that two executions have in common. Detectors compare epochs of accesses with
 * clocks, and do nothing else with them; an epoch that all running threads cover is never found
 * later than a clock again, since clocks only grow and a thread that begins has its parent's. So of
 * a clock it matters how many of the other epochs it covers, and of an epoch which of them it is.
 */
#include "state.h"

static inline own_lanes earlier_lanes(own_lanes a, own_lanes b)
{
#ifdef __SSE2__
	return (own_lanes)_mm_sub_epi16((__m128i)a, _mm_subs_epu16((__m128i)a, (__m128i)b));
#else
	own_lanes is_later = (own_lanes)(a > b);

	return (b & is_later) | (a & ~is_later);
#endif
}

void own_ranks_begin(struct own_ranks *ranks, uint32_t running)
{
	union own_halves all;

	memset(&all, 0xff, sizeof(all));
	for (; running; running &= running - 1) {
		uint32_t thread = (uint32_t)__builtin_ctz(running);
		union own_halves clock = {own.thread[thread].clock};

		/* What it did itself is in its order. */
		clock.clock[thread] = UINT16_MAX;
		for (size_t i = 0; i < OWN_HALVES; i++)
			all.half[i] = earlier_lanes(all.half[i], clock.half[i]);
	}
	ranks->covered = all.clock;
	ranks->lanes = 0;
	ranks->overflow = false;
}

void own_ranks_add(struct own_ranks *ranks, uint32_t thread, uint16_t epoch)
{
	uint16_t *epochs = ranks->epoch[thread];
	uint32_t count, at;

	if (!(ranks->lanes >> thread & 1)) {
		ranks->count[thread] = 0;
		ranks->ends[thread] = 0;
	}
	ranks->lanes |= 1u << thread;
	count = ranks->count[thread];
	for (at = count; at && epochs[at - 1] >= epoch; at--)
		if (epochs[at - 1] == epoch)
			return;
	if (count == RANKS_MAX) {
		ranks->overflow = true;
		return;
	}
	memmove(&epochs[at + 1], &epochs[at], (count - at) * sizeof(*epochs));
	epochs[at] = epoch;
	ranks->count[thread]++;
}

/* The number of thread @thread's epochs that are @epoch or before it. */
static inline uint32_t number_of(const struct own_ranks *ranks, uint32_t thread, uint16_t epoch)
{
	uint32_t number = ranks->count[thread];

	while (number && ranks->epoch[thread][number - 1] > epoch)
		number--;
	return number;
}

void own_ranks_meet(struct own_ranks *ranks, const own_clock *clock)
{
	const uint16_t *lane = (const uint16_t *)clock;

	for (uint32_t left = ranks->lanes; left; left &= left - 1) {
		uint32_t thread = (uint32_t)__builtin_ctz(left);

		ranks->ends[thread] |= UINT64_C(1) << number_of(ranks, thread, lane[thread]);
	}
}

void own_ranks_end(struct own_ranks *ranks)
{
	for (uint32_t left = ranks->lanes; left; left &= left - 1) {
		uint32_t thread = (uint32_t)__builtin_ctz(left);
		uint64_t ends = ranks->ends[thread];
		uint8_t rank = 0;

		for (uint32_t number = 0; number <= ranks->count[thread]; number++) {
			ranks->rank[thread][number] = rank;
			rank += ends >> number & 1;
		}
	}
}

uint32_t own_rank_of(const struct own_ranks *ranks, uint32_t thread, uint16_t epoch)
{
	if (unlikely(ranks->overflow))
		return epoch;
	return ranks->rank[thread][number_of(ranks, thread, epoch)];
}

uint64_t own_rank_clock(const struct own_ranks *ranks, const own_clock *clock)
{
	const uint16_t *lane = (const uint16_t *)clock;
	uint64_t hash = 0;

	if (unlikely(ranks->overflow))
		return own_hash_bytes(1, clock, sizeof(*clock));
	for (uint32_t left = ranks->lanes; left; left &= left - 1) {
		uint32_t thread = (uint32_t)__builtin_ctz(left);
		uint32_t number = number_of(ranks, thread, lane[thread]);

		if (number)
			hash += fibers_mix(thread + 1, ranks->rank[thread][number]);
	}
	return hash;
}
