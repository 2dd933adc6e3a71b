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
static const _Atomic uint32_t *low_half(const struct word *w)
{
	return (const _Atomic uint32_t *)w + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}

void park_on(const _Atomic uint32_t *address, uint32_t value, uint64_t timeout_ns)
{
	struct timespec timeout = {.tv_sec = (time_t)(timeout_ns / 1000000000u),
				   .tv_nsec = (long)(timeout_ns % 1000000000u)};

	syscall(SYS_futex, address, FUTEX_WAIT_PRIVATE, value, timeout_ns ? &timeout : NULL, NULL,
		0);
}

static void unpark(const _Atomic uint32_t *address, int32_t threads)
{
	syscall(SYS_futex, address, FUTEX_WAKE_PRIVATE, threads, NULL, NULL, 0);
}

void unpark_one(const _Atomic uint32_t *address)
{
	unpark(address, 1);
}

void park(const struct word *w, uint32_t value, uint64_t timeout_ns)
{
	park_on(low_half(w), value, timeout_ns);
}

void unpark_all(const struct word *w)
{
	unpark(low_half(w), INT32_MAX);
}
#else
#define NAP_NS 50000u

/* No futex: poll. Only a contended sleeping lock comes here. */
static void nap(uint64_t timeout_ns)
{
	struct timespec nap = {.tv_nsec = timeout_ns && timeout_ns < NAP_NS ? (long)timeout_ns
									    : (long)NAP_NS};

	nanosleep(&nap, NULL);
}

void park_on(const _Atomic uint32_t *address, uint32_t value, uint64_t timeout_ns)
{
	if (atomic_load((_Atomic uint32_t *)address) == value)
		nap(timeout_ns);
}

void unpark_one(const _Atomic uint32_t *address)
{
	(void)address;
}

void park(const struct word *w, uint32_t value, uint64_t timeout_ns)
{
	if ((uint32_t)word_peek(w) == value)
		nap(timeout_ns);
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
