/* SPDX-License-Identifier: MIT */
/* Putting a thread to sleep on a word, and the clock: what differs between systems. */
#ifndef DMTORTURE_PARK_H
#define DMTORTURE_PARK_H

#include <stdatomic.h>
#include <stdint.h>

struct word;

/* Nanoseconds of the monotonic clock. */
uint64_t clock_ns(void);
/*
 * Sleep while the low half of @w is @value, @timeout_ns at most. May return early; the caller
 * looks again.
 */
void park(const struct word *w, uint32_t value, uint64_t timeout_ns);
/* Wake every thread parked on @w. */
void unpark_all(const struct word *w);
/* The same for 32 bits alone. @timeout_ns 0: no limit. */
void park_on(const _Atomic uint32_t *address, uint32_t value, uint64_t timeout_ns);
void unpark_one(const _Atomic uint32_t *address);
/* One turn of a spin loop: a pause, and in some turns a yield. @turn counts from 0. */
void spin_turn(unsigned int turn);

#endif
