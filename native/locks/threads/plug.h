/* SPDX-License-Identifier: MIT */
/*
 * What a lock of the user's is: a shared object with one symbol, dmtorture_plug, which a shell of
 * native/bench/shell makes of a source, with a measuring loop that has the verbs inlined.
 */
#ifndef DMTORTURE_PLUG_H
#define DMTORTURE_PLUG_H

#include "lock_ops.h"

/* Rises with any change of the structs that cross; the bench refuses another. */
#define PLUG_VERSION 2

/* What the shell needs of the bench, beside what is inlined. */
struct shell_calls {
	void (*park_on)(const _Atomic uint32_t *address, uint32_t value, uint64_t timeout_ns);
	void (*unpark_one)(const _Atomic uint32_t *address);
	void (*task_turn)(struct task *t, unsigned int turns);
	void (*task_sleep)(struct task *t, const _Atomic uint32_t *address, uint32_t seen);
};

struct plug {
	uint32_t version;
	uint32_t locker_bytes; /* sizeof(struct locker): what both sides have to agree on */
	uint32_t leaves;       /* its waits go by atom.h, so a task can leave them */
	int (*serves_in_order)(void);
	const struct lock_ops *ops;
	const struct shell_calls **calls; /* to be set before any verb is called */
};

#endif
