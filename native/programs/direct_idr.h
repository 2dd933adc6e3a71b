/* SPDX-License-Identifier: MIT */
/* An IDR with a machine, a task and memory of its own, for C that inlines its walks. */
#ifndef DMTORTURE_DIRECT_IDR_H
#define DMTORTURE_DIRECT_IDR_H

#include "direct.h"
#include "idr.h"
#include "world_memory.h"

#define DIRECT_IDR_SEGMENTS 16

struct direct_idr {
	struct task task;
	struct machine machine;
	struct slab slab;
	struct slab_limits limits;
	struct idr idr;
	struct world_memory segment[DIRECT_IDR_SEGMENTS]; /* each twice the one before */
	unsigned int segments;
	size_t bytes; /* of all of them */
};

/* One with room for @layers; NULL: no memory. Put away by direct_idr_free(). */
struct direct_idr *direct_idr_sized(size_t layers);

#endif
