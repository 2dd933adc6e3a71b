/* SPDX-License-Identifier: MIT */
/*
 * What the threads of a scenario leave behind when all have ended, before `after` runs: the
 * other half of how a round or an execution ends, beside what its operations returned. Numbers,
 * so that ends can be told apart, counted and carried to JavaScript as results are.
 */
#ifndef DMTORTURE_LEFT_H
#define DMTORTURE_LEFT_H

#include "program.h"

/* The first number: the module's references, or one of these. */
#define LEFT_MODULE_GONE (-1)
#define LEFT_UNKNOWN (-2) /* a fault came before the end; the rest is 0 */

/* What follows, once for each device by rising minor; LEFT_MINOR is -1 where there is none. */
enum { LEFT_MINOR, LEFT_REFERENCES, LEFT_NAMED, LEFT_EVENTS, LEFT_DEVICE_NUMBERS };

/* How many numbers that takes: a device cannot be without having been created. */
uint32_t left_width(const struct program_set *programs);
/* Fill in @width numbers for an end that was not reached. */
void left_unknown(int32_t *left, uint32_t width);
/* Fill them in from @w. Context: nobody runs in the world. */
void left_take(const struct world *w, int32_t *left, uint32_t width);

#endif
