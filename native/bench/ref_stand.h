/* SPDX-License-Identifier: MIT */
/* Objects that are counted by one scheme, with all that its threads need; and whether it is right.
 */
#ifndef DMTORTURE_BENCH_REF_STAND_H
#define DMTORTURE_BENCH_REF_STAND_H

#include "ref_loop.h"

/*
 * @threads threads and @count objects, each with a reference of its own that is never dropped.
 * @shared: as of struct ref_stand; an object of one thread is counted by that from its birth on,
 * the others by thread 0. Returns 0 or -ENOMEM; close in any case.
 */
int ref_stand_open(struct ref_stand *stand, const struct ref_row *row, uint32_t threads,
		   uint32_t count, bool shared);
void ref_stand_close(struct ref_stand *stand);

struct ref_validation {
	uint64_t used;	/* gets that found an object */
	uint64_t stale; /* of those, where it was free before the put */
	uint64_t lost;	/* objects that were freed twice, or never */
};

/*
 * Have @threads threads get, use and put objects for @window_ns, or several times that on a busy
 * machine, while one more makes and ends them; what is freed is poisoned. Returns 0, -ENOMEM,
 * -EAGAIN. The scheme is right if nothing is stale or lost.
 */
int ref_validate(const struct ref_row *row, uint32_t threads, uint64_t window_ns,
		 double ticks_per_ns, struct ref_validation *validation);

#endif
