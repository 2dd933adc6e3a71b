/* SPDX-License-Identifier: MIT */
/* Whether a lock is one: the same body for all of them, on real threads. */
#ifndef DMTORTURE_BENCH_VALIDATE_H
#define DMTORTURE_BENCH_VALIDATE_H

#include "lock.h"

struct validation {
	uint64_t acquired;
	uint64_t lost;	    /* increments under the lock that were lost */
	uint64_t intruders; /* times that a holder found another's name at the door */
};

/*
 * Have @threads threads increment a counter under the lock for @window_ns, not atomically, with
 * the CPU given away in between now and then; of a reader-writer lock half of the visits read, and
 * must see no increment while they are inside.
 * Returns 0, -ENOMEM, -EAGAIN. The lock excludes if nothing was lost and nobody intruded.
 */
int lock_validate(const struct lock_row *row, uint32_t threads, uint64_t window_ns,
		  double ticks_per_ns, struct validation *validation);

#endif
