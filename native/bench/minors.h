/* SPDX-License-Identifier: MIT */
/* Tables of minors against each other, at one population. */
#ifndef DMTORTURE_BENCH_MINORS_H
#define DMTORTURE_BENCH_MINORS_H

#include <stdatomic.h>

#include "bench_engine.h"
#include "table.h"

struct minors_trial {
	uint32_t population;
	uint32_t rounds;
	uint64_t seed;
	const struct table_peer *const *peers; /* beside the IDR and the bare walk */
	uint32_t peer_count;
	uint64_t deadline_ns; /* of the monotonic clock: no round begins after its operation's share
			       */
	const _Atomic bool *stop;
	int (*row)(void *context, const struct bench_minor_row *row);
	void *context;
};

/* Returns 0, what `row` returned, -ENOMEM. */
int minors_run(const struct minors_trial *trial);
/* What it will take, roughly. */
uint64_t minors_ns(const struct minors_trial *trial);

/* What an op is called in rows. Static. */
const char *table_op_name(enum table_op op);

#endif
