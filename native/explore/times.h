/* SPDX-License-Identifier: MIT */
/*
 * Vectors of times: one for every thread, of its own clock. Signed 16 bits, since that is what
 * processors have a maximum for.
 *
 * They are stored whole. A load of a vector right after a store to one lane of it waits until that
 * store is through, which takes as long as a point does.
 */
#ifndef DMTORTURE_TIMES_H
#define DMTORTURE_TIMES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifndef TIMES_LANES
#define TIMES_LANES 8
#endif
#define TIME_MAX INT16_MAX

/* How such a vector is returned depends on the processor; all functions that return one are inline.
 */
#pragma GCC diagnostic ignored "-Wpsabi"

typedef int16_t times __attribute__((vector_size(TIMES_LANES * sizeof(int16_t)), aligned(16)));

/*
 * As many vectors of the processor as it takes. Loops, since a compiler makes one comparison of
 * lanes each of what it has no vector for.
 */
#define TIMES_PARTS (TIMES_LANES * sizeof(int16_t) / 16)

#ifdef __SSE2__
union times_parts {
	times whole;
	__m128i part[TIMES_PARTS];
};
#endif

/* The later one of each lane. */
static inline times times_later(times a, times b)
{
#ifdef __SSE2__
	union times_parts left = {a}, right = {b};

	for (unsigned int i = 0; i < TIMES_PARTS; i++)
		left.part[i] = _mm_max_epi16(left.part[i], right.part[i]);
	return left.whole;
#else
	times greater = a > b;

	return (a & greater) | (b & ~greater);
#endif
}

/* Whether @a is later than @b in any lane. */
static inline bool times_any_later(times a, times b)
{
#ifdef __SSE2__
	union times_parts left = {a}, right = {b};
	__m128i greater = _mm_cmpgt_epi16(left.part[0], right.part[0]);

	for (unsigned int i = 1; i < TIMES_PARTS; i++)
		greater = _mm_or_si128(greater, _mm_cmpgt_epi16(left.part[i], right.part[i]));
	return _mm_movemask_epi8(greater) != 0;
#else
	times greater = a > b;
	uint64_t part[TIMES_LANES / 4], any = 0;

	memcpy(part, &greater, sizeof(part));
	for (unsigned int i = 0; i < TIMES_LANES / 4; i++)
		any |= part[i];
	return any != 0;
#endif
}

#endif
