/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stddef.h>

#include "atom.h"

#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

void futex_sleep(_Atomic uint32_t *address, uint32_t seen)
{
	syscall(SYS_futex, address, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
}

void futex_wake_one(_Atomic uint32_t *address)
{
	syscall(SYS_futex, address, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}
#else
#include <time.h>

#define NAP_NS 50000

/* No futex: poll. Figures of blocking locks mean little here. */
void futex_sleep(_Atomic uint32_t *address, uint32_t seen)
{
	struct timespec nap = {.tv_nsec = NAP_NS};

	if (atomic_load(address) == seen)
		nanosleep(&nap, NULL);
}

void futex_wake_one(_Atomic uint32_t *address)
{
	(void)address;
}
#endif
