/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "park.h"

#include <sched.h>
#include <time.h>

#include "machine.h"

#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#define SPINS_BEFORE_YIELD 64

uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#ifdef __linux__
/* The half of the word that a futex can watch. */
static uint32_t *low_half(const struct word *w)
{
	return (uint32_t *)w + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}

void park(const struct word *w, uint32_t value, uint64_t timeout_ns)
{
	struct timespec timeout = {.tv_sec = (time_t)(timeout_ns / 1000000000u),
				   .tv_nsec = (long)(timeout_ns % 1000000000u)};

	syscall(SYS_futex, low_half(w), FUTEX_WAIT_PRIVATE, value, &timeout, NULL, 0);
}

void unpark_all(const struct word *w)
{
	syscall(SYS_futex, low_half(w), FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}
#else
/* No futex: poll. Only a contended sleeping lock comes here. */
void park(const struct word *w, uint32_t value, uint64_t timeout_ns)
{
	struct timespec nap = {.tv_nsec = timeout_ns < 50000 ? (long)timeout_ns : 50000};

	if ((uint32_t)word_load(w) == value)
		nanosleep(&nap, NULL);
}

void unpark_all(const struct word *w)
{
	(void)w;
}
#endif

void spin_turn(unsigned int turn)
{
	if (turn % SPINS_BEFORE_YIELD == SPINS_BEFORE_YIELD - 1) {
		sched_yield();
		return;
	}
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("isb");
#endif
}
