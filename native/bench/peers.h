/* SPDX-License-Identifier: MIT */
/*
 * Locks and tables of other libraries, measured in the same run and the same loops. Which there
 * are is decided when the command is built: peers_none.c, or benchmarks/native/peers.
 */
#ifndef DMTORTURE_BENCH_PEERS_H
#define DMTORTURE_BENCH_PEERS_H

#include "lock.h"
#include "table.h"

struct peers {
	const struct lock_row *const *locks;
	size_t lock_count;
	const struct table_peer *const *tables;
	size_t table_count;
};

/* What was found. Static. */
struct peers peers_found(void);

#endif
