/* SPDX-License-Identifier: MIT */
/* A place in the sources. Plain C types, so that the addon can include it. */
#ifndef DMTORTURE_PLACE_H
#define DMTORTURE_PLACE_H

#include <stdint.h>

/* The memory order of an access. */
enum word_order {
	ORDER_NONE, /* it does not say */
	ORDER_RELAXED,
	ORDER_ACQUIRE,
	ORDER_RELEASE,
	ORDER_ACQ_REL,
	ORDER_SEQ_CST,
	/*
	 * Of a read-modify-write: ORDER_ACQ_REL between two seq_cst fences, all in one step, as the
	 * kernel's have it that return a value. On threads ORDER_SEQ_CST stands for it.
	 */
	ORDER_FULL,
};

/* What a fault and a trace line name. Static; only pointers travel. */
struct site {
	const char *func;
	const char *text; /* the access, as the code has it */
	int line;
	/* What is touched: rows of a table that the model has, from 1; 0: the site does not say. */
	uint16_t object, field;
	uint16_t order;	  /* enum word_order */
	const char *file; /* relative to the root of the sources; NULL: none */
};

#endif
