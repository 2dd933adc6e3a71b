/* SPDX-License-Identifier: MIT */
/*
 * How a lock that was made waits, for a task of a world: each turn of its loops comes by here. A
 * task whose world was abandoned leaves, and the watchdog sees which tasks wait.
 */
#ifndef DMTORTURE_TASK_WAIT_H
#define DMTORTURE_TASK_WAIT_H

#include <stdatomic.h>
#include <stdint.h>

struct task;

#define TURNS_OF_A_YIELD 64

/* @turns of a spin loop, after their pauses. Does not return when the world was abandoned. */
__attribute__((cold)) void task_turn(struct task *t, unsigned int turns);
/* Sleep while *@address is @seen, for a while at most. The same. */
__attribute__((cold)) void task_sleep(struct task *t, const _Atomic uint32_t *address,
				      uint32_t seen);

#endif
