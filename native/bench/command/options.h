/* SPDX-License-Identifier: MIT */
/* The words of the command line of dmtorture-bench. */
#ifndef DMTORTURE_BENCH_OPTIONS_H
#define DMTORTURE_BENCH_OPTIONS_H

#include "bench_engine.h"

#define LIST_MAX 32
#define CELLS_MAX (LIST_MAX * LIST_MAX)

struct options {
	struct bench_plan plan;
	struct bench_cell cells[CELLS_MAX];
	uint32_t populations[LIST_MAX];
	bool json;
	bool list;     /* print the locks and leave */
	bool validate; /* validate the locks and leave */
	bool no_peers;
};

/* By enum bench_suite. */
extern const char *const suite_names[BENCH_SUITES];

/* Returns 0; 1: help was asked for; -EINVAL: said on stderr what was wrong. */
int options_read(struct options *options, int argc, char **argv);
void options_help(void);

#endif
