/* SPDX-License-Identifier: MIT */
/*
 * The device mapper as a model to explore: thread programs on a world, the same core sources that
 * the stress engine runs on threads. The closer's task plays `before` and `after`, then empties
 * the world and looks for leaks.
 *
 * The world begins with a full list of preloaded IDR layers, as on any system that has had a
 * device: what a preload allocates is nobody else's business, and it is a lot.
 */
#ifndef DMTORTURE_DM_MODEL_H
#define DMTORTURE_DM_MODEL_H

#include "explore.h"
#include "program.h"

/* How a run's numbers matter to a model. */
struct dm_setup {
	uint32_t patches;
	uint32_t lock; /* plan row `lock` */
};

struct dm_model {
	struct explore_model model;
	struct dm_setup setup;
	const struct program_set *programs; /* not owned */
	struct world_config config;
	/* Told of the results of every execution, cpu1's first. May be NULL. */
	void (*outcome)(void *context, const int32_t *results, bool faulted);
	void *outcome_context;
	struct recorder recorder; /* of faults with their messages; see fibers.telling */
	uint32_t longest;	  /* program */
	int32_t results[PROGRAM_CPUS_MAX * PROGRAM_OPS_MAX];
};

/* @programs stay the caller's and have to outlive @m, which must not move. */
void dm_model_init(struct dm_model *m, const struct program_set *programs,
		   const struct dm_setup *setup);

/* What player @cpu was doing: its operation and minor, NO_OP and NO_MINOR when nothing. */
void dm_model_doing(const struct fibers *f, uint32_t cpu, uint32_t *op, uint32_t *minor);

#endif
