/* SPDX-License-Identifier: MIT */
/* The time of a trial that has parts. */
#ifndef DMTORTURE_BENCH_DEADLINE_H
#define DMTORTURE_BENCH_DEADLINE_H

#include <stdbool.h>

#include "clock.h"

/*
 * Whether part @part, from 0, of @parts has had its share of the time from @began_ns to
 * @deadline_ns, both of the monotonic clock; @deadline_ns 0: there is no limit.
 */
static inline bool share_is_over(uint64_t began_ns, uint64_t deadline_ns, uint64_t part,
				 uint64_t parts)
{
	if (!deadline_ns)
		return false;
	return deadline_ns <= began_ns ||
	       monotonic_ns() > began_ns + (deadline_ns - began_ns) * (part + 1) / parts;
}

#endif
