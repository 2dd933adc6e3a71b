/* SPDX-License-Identifier: MIT */
#ifndef DMTORTURE_TIMER_H
#define DMTORTURE_TIMER_H

#include <stdint.h>
#include <time.h>

/* Nanoseconds of the monotonic clock. For limits and reports, never for a choice. */
static inline uint64_t timer_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#endif
