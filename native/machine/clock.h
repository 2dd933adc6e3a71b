/* SPDX-License-Identifier: MIT */
/* Clocks: for limits, latencies and reports, never for a choice of the explorer. */
#ifndef DMTORTURE_CLOCK_H
#define DMTORTURE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Nanoseconds of the monotonic clock. */
static inline uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Cycles where there are any that all CPUs count alike, nanoseconds elsewhere. */
static inline uint64_t ticks(void)
{
#if defined(__x86_64__)
	return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
	uint64_t value;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(value));
	return value;
#else
	return monotonic_ns();
#endif
}

#endif
