/* SPDX-License-Identifier: MIT */
/* What the headers only declare, by way of the process that loads the lock. In the shell alone. */
#include "plug.h"

static const struct shell_calls *shell_calls;

void stall(uint64_t ns)
{
	struct timespec time = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};

	nanosleep(&time, NULL);
}

void park_on(const _Atomic uint32_t *address, uint32_t value, uint64_t timeout_ns)
{
	shell_calls->park_on(address, value, timeout_ns);
}

void unpark_one(const _Atomic uint32_t *address)
{
	shell_calls->unpark_one(address);
}

void task_turn(struct task *t, unsigned int turns)
{
	shell_calls->task_turn(t, turns);
}

void task_sleep(struct task *t, const _Atomic uint32_t *address, uint32_t seen)
{
	shell_calls->task_sleep(t, address, seen);
}
