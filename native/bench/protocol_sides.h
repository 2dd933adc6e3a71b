/* SPDX-License-Identifier: MIT */
/* What the protocol is measured with, side by side: locks, or eras. */
#ifndef DMTORTURE_BENCH_PROTOCOL_SIDES_H
#define DMTORTURE_BENCH_PROTOCOL_SIDES_H

#include "protocol.h"
#include "rcu_lookup.h"

/*
 * What _minor_lock is; the first side is the mutex that it was before patch 04. Of eras, what the
 * patches are; one side more looks devices up without a lock.
 */
struct side {
	const char *minor_lock;
	uint32_t lock; /* of lock_row_at() */
	uint64_t patches;
	int32_t set; /* of the trial's; -1: no era */
	bool rcu;
	bool is_out; /* refused, or it has no part in the mix */
	struct arena arena;
	struct rcu_lookup lookup;
	_Atomic uint64_t failed; /* the first operation that failed, see failure_of(); 0: none */
	double *ns;		 /* by round */
};

uint32_t protocol_count_sides(const struct protocol_trial *trial);
/* Fill in @sides, as many as that. Returns how many there are. */
uint32_t protocol_choose_sides(const struct protocol_trial *trial, struct side *sides);

#endif
