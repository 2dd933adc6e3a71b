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

#define TIMES_LANES 8
#define TIME_MAX INT16_MAX

typedef int16_t times __attribute__((vector_size(TIMES_LANES * sizeof(int16_t))));

/* The later one of each lane. */
static inline times times_later(times a, times b)
{
#ifdef __SSE2__
	return (times)_mm_max_epi16((__m128i)a, (__m128i)b);
#else
	times greater = a > b;

	return (a & greater) | (b & ~greater);
#endif
}

/* Whether @a is later than @b in any lane. */
static inline bool times_any_later(times a, times b)
{
	times greater = a > b;
#ifdef __SSE2__
	return _mm_movemask_epi8((__m128i)greater) != 0;
#else
	uint64_t half[2];

	memcpy(half, &greater, sizeof(half));
	return (half[0] | half[1]) != 0;
#endif
}

#endif
