/* SPDX-License-Identifier: MIT */
/* The pause of a spin loop, and work that takes a known time. */
#ifndef DMTORTURE_TICKS_H
#define DMTORTURE_TICKS_H

#include <stdint.h>

#include "clock.h"
#include "likely.h"

static inline void cpu_pause(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("isb");
#endif
}

/*
 * Work that touches no memory: a chain of multiplications: each needs the one before,
 * so that no CPU can do them faster than one by one.
 */
static inline void work(uint64_t loops)
{
	uint64_t value = loops;

	if (likely(!loops))
		return;
	do {
		value = value * UINT64_C(0x9e3779b97f4a7c15) + 1;
		__asm__ volatile("" : "+r"(value));
	} while (--loops);
}

#endif
