/* SPDX-License-Identifier: MIT */
/* The litmus table: see table.def. */
#ifndef DMTORTURE_LITMUS_TABLE_H
#define DMTORTURE_LITMUS_TABLE_H

#include "litmus.h"

struct litmus_row {
	const char *name, *text, *outcome;
	bool rc11, append, tso, sc, published;
	uint64_t graphs, graphs_published;
	uint64_t genmc; /* 0: not known */
};

extern const struct litmus_row litmus_rows[];
extern const uint32_t litmus_row_count;

/* The program of @row, which has to be one; counts a failed check otherwise. */
struct litmus litmus_of(const struct litmus_row *row);

#endif
