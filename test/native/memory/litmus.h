/* SPDX-License-Identifier: MIT */
/*
 * A litmus test as text: threads split by '|', operations by blanks. Wx1 stores 1 in x, Wxr stores
 * what the thread read last, Rx loads, Ax1 adds 1, Xx1 exchanges, Cx01 puts 1 in the place of 0 or
 * fails, F is a fence. Places are x, y, z, w. An order stands behind: .rlx (the default), .acq,
 * .rel, .ar, .sc; .na is a plain access.
 *
 * This is all that the engine's side and the oracle's side of these tests share.
 */
#ifndef DMTORTURE_LITMUS_H
#define DMTORTURE_LITMUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "place.h"

#define LITMUS_THREADS 5
#define LITMUS_OPS 6
#define LITMUS_PLACES 4
#define LITMUS_TEXT 256

struct litmus_op {
	char kind;     /* W, R, A, X, C, F */
	bool forwards; /* W: stores what was read last */
	uint8_t place;
	uint8_t value;	       /* C: what it looks for */
	uint8_t swap;	       /* C: what it stores */
	enum word_order order; /* ORDER_NONE: plain */
};

struct litmus {
	uint32_t threads, places, registers;
	uint32_t length[LITMUS_THREADS];
	struct litmus_op op[LITMUS_THREADS][LITMUS_OPS];
};

/* Returns whether @text was one. */
bool litmus_parse(const char *text, struct litmus *l);
/* @text: of LITMUS_TEXT. */
void litmus_print(const struct litmus *l, char *text);
/* Returns how long it is; @text is of @bytes. */
size_t litmus_print_op(const struct litmus_op *op, char *text, size_t bytes);

static inline bool litmus_reads(const struct litmus_op *op)
{
	return op->kind != 'W' && op->kind != 'F';
}

/* What a read-modify-write other than a cas stores where it reads @old. Values have four bits. */
static inline uint64_t litmus_result(const struct litmus_op *op, uint64_t old)
{
	return (op->kind == 'A' ? old + op->value : op->value) & 15;
}

/* --- ends --- */

/*
 * The end of an execution as a number, of four bits a digit: registers in the order of threads,
 * then what places hold at the end.
 */
#define OUTCOMES_MAX 8192
struct outcomes {
	uint32_t count;
	bool full; /* more than OUTCOMES_MAX */
	uint64_t outcome[OUTCOMES_MAX];
};

void outcomes_add(struct outcomes *set, uint64_t outcome);
bool outcomes_are(const struct outcomes *a, const struct outcomes *b);
/* Whether one is as @pattern, a digit or '?' each, says. */
bool outcomes_have(const struct outcomes *set, const char *pattern);

#endif
