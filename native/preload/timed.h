/* SPDX-License-Identifier: MIT */
/* Waiting until a time, by trying again after naps that grow from 1 to 200 us. */
#ifndef DMTORTURE_PRELOAD_TIMED_H
#define DMTORTURE_PRELOAD_TIMED_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct nap {
	uint32_t ns; /* of the last one; 0: there was none */
};

/* Whether @until can be a time at all. */
bool is_time(const struct timespec *until);
bool has_passed(clockid_t clock, const struct timespec *until);
/* Sleep. No cancellation point, since a lock is none. */
void take_nap(struct nap *nap);

#endif
