/* SPDX-License-Identifier: MIT */
/*
 * A world: one machine and one device mapper, in one block of memory. There is no state outside,
 * so any number of worlds coexist.
 */
#ifndef DMTORTURE_WORLD_H
#define DMTORTURE_WORLD_H

#include "block.h"
#include "dm.h"

/* What a world is made of; the same for every reset of it. */
struct world_config {
	unsigned int cpus;
	uint32_t minors;		     /* roughly how many devices exist at once */
	uint64_t patches;		     /* see patches.h */
	unsigned int lock_kind;		     /* of _minor_lock with patch 04 */
	const struct lock_maker *lock_maker; /* NULL: only kinds that the machine has itself */
	unsigned int fail_queue_permille, fail_layer_permille;
	uint64_t seed;
	struct recorder recorder;
};

struct world {
	struct machine machine;
	struct slab slab;
	struct block block;
	struct dm dm;
	struct slab_limits limits;
	unsigned int buckets;
};

/* Bytes of a world for @config, to be aligned to 128. Untouched memory stays untouched. */
size_t world_bytes(const struct world_config *config);
/*
 * Make @memory, of world_bytes(), an empty world. Memory that was a world before may be used
 * again and need not be cleared: recycled objects then hold what they held.
 */
struct world *world_init(void *memory, const struct world_config *config);
/*
 * Look for leaks when everything was removed and put back. Reports reference-leak, minor-leak.
 * Context: nobody else runs in the world.
 */
void world_check(struct task *t, struct world *w);

static inline struct world *world_of(struct task *t)
{
	return container_of(t->common.machine, struct world, machine);
}

#endif
