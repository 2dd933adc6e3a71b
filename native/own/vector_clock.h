/* SPDX-License-Identifier: MIT */
/* Vector clocks of own C: of each thread, how far what it did is known. */
#ifndef DMTORTURE_OWN_VECTOR_CLOCK_H
#define DMTORTURE_OWN_VECTOR_CLOCK_H

#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "explore.h"

#define OWN_THREADS MODEL_THREADS /* of one execution, main() among them */

typedef uint16_t own_clock __attribute__((vector_size(2 * OWN_THREADS)));

/*
 * Half of one: what a register holds where nothing newer than SSE2 is asked for. It stands for a
 * part of an own_clock, which compilers take for another type: without may_alias they leave out
 * what was stored as one before it is read as the other.
 */
typedef uint16_t own_lanes __attribute__((vector_size(16), may_alias));

static inline own_lanes own_later_lanes(own_lanes a, own_lanes b)
{
#ifdef __SSE2__
	return (own_lanes)_mm_add_epi16((__m128i)a, _mm_subs_epu16((__m128i)b, (__m128i)a));
#else
	own_lanes is_later = (own_lanes)(a > b);

	return (a & is_later) | (b & ~is_later);
#endif
}

#define OWN_HALVES (sizeof(own_clock) / sizeof(own_lanes))

union own_halves {
	own_clock clock;
	own_lanes half[OWN_HALVES];
} __attribute__((may_alias));

/* Each lane of @into becomes the later. By halves: compilers take a wider vector apart by lanes. */
static inline void own_join(own_clock *into, const own_clock *from)
{
	union own_halves *later = (union own_halves *)into;
	const union own_halves *other = (const union own_halves *)from;

	for (unsigned int i = 0; i < OWN_HALVES; i++)
		later->half[i] = own_later_lanes(later->half[i], other->half[i]);
}

/* Add 1 to lane @lane of @clock, and 0 to the others. */
static inline void own_add_one(own_clock *clock, uint32_t lane)
{
	static const uint16_t ones[2 * OWN_THREADS] = {[OWN_THREADS] = 1};
	union own_halves *its = (union own_halves *)clock;

	for (unsigned int i = 0; i < OWN_HALVES; i++) {
		own_lanes one;

		memcpy(&one, &ones[OWN_THREADS - lane + i * OWN_THREADS / OWN_HALVES], sizeof(one));
		its->half[i] += one;
	}
}

#endif
