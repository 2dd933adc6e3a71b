/* SPDX-License-Identifier: MIT */
/*
 * The real protocol under contention: what did patch 04 cost or gain, which made _minor_lock a
 * spinlock, and which one should it be? Every thread has devices of its own, so that without the
 * patch no device is raced for, while all meet at the lock. Or what did each step of history cost:
 * sets of patches in place of locks, and a lookup in the manner of RCU.
 */
#ifndef DMTORTURE_BENCH_PROTOCOL_H
#define DMTORTURE_BENCH_PROTOCOL_H

#include <stdatomic.h>

#include "bench_engine.h"

struct protocol_trial {
	uint32_t threads;
	uint32_t cpus;
	uint64_t locks; /* mask by enum lock_id of what _minor_lock is to be; 0: a choice */
	uint32_t own;	/* mask of locks of the user's; with any, @locks 0 is none */
	/* Patches of each era, in place of locks; a last side looks up without a lock. 0: none. */
	const uint64_t *sets;
	uint32_t set_count;
	bool pinned;
	double ticks_per_ns;
	uint32_t rounds;
	uint64_t window_ns;
	uint64_t seed;
	uint64_t deadline_ns; /* of the monotonic clock: no round begins after its mix's share */
	const _Atomic bool *stop;
	int (*row)(void *context, const struct bench_minor_row *row);
	int (*refused)(void *context, const struct bench_refusal *refusal); /* an era */
	void *context;
};

/* Returns 0, what `row` returned, -ENOMEM, -EAGAIN, -EIO (a device could not be created). */
int protocol_run(const struct protocol_trial *trial);
uint64_t protocol_ns(const struct protocol_trial *trial);

#endif
