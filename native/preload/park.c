/* SPDX-License-Identifier: MIT */
/* What locks ask the threads machine for, in a program that has none of it. */
#define _GNU_SOURCE
#include "park.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "task_wait.h"

/* pthread_mutex_lock() leaves errno as it was. */
void park_on(const _Atomic uint32_t *address, uint32_t value, uint64_t timeout_ns)
{
	int error = errno;

	(void)timeout_ns;
	syscall(SYS_futex, address, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
	errno = error;
}

void unpark_one(const _Atomic uint32_t *address)
{
	int error = errno;

	syscall(SYS_futex, address, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	errno = error;
}

/* No thread of a program is a task of a world. */
void task_turn(struct task *t, unsigned int turns)
{
	(void)t;
	(void)turns;
	abort();
}

void task_sleep(struct task *t, const _Atomic uint32_t *address, uint32_t seen)
{
	(void)t;
	(void)address;
	(void)seen;
	abort();
}
