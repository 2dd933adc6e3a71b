/* SPDX-License-Identifier: MIT */
/* Rows as a table for people, or as the members of a JSON document. */
#ifndef DMTORTURE_BENCH_PRINT_H
#define DMTORTURE_BENCH_PRINT_H

#include <stdio.h>

#include "bench_engine.h"

/* Where rows go; @rows counts them. */
struct printer {
	FILE *out;
	bool json;
	const char *suite;
	size_t rows;
	struct bench_cell cell; /* of the row before: a new one has a new heading */
};

void print_begin(struct printer *printer);
void print_lock(struct printer *printer, const struct bench_lock_row *row);
void print_minor(struct printer *printer, const struct bench_minor_row *row);
void print_refcount(struct printer *printer, const struct bench_refcount_row *row);
void print_end(struct printer *printer, const struct bench_end *end);
/* The table of the locks of @suite. */
void print_locks(FILE *out, enum bench_suite suite);

#endif
