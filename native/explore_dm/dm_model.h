/* SPDX-License-Identifier: MIT */
/*
 * The device mapper as a model to explore: thread programs on a world, the same core sources that
 * the stress engine runs on threads. The closer's task runs `before` and `after`, then empties
 * the world and looks for leaks.
 *
 * The world begins with a full list of preloaded IDR layers, as on any system that has had a
 * device: what a preload allocates is nobody else's business, and it is a lot.
 */
#ifndef DMTORTURE_DM_MODEL_H
#define DMTORTURE_DM_MODEL_H

#include "explore.h"
#include "left.h"

#define DM_DEVICES_MAX ((PROGRAM_CPUS_MAX + 1) * PROGRAM_OPS_MAX)
#define DM_RESULTS_MAX                                                                             \
	(PROGRAM_CPUS_MAX * PROGRAM_OPS_MAX + 1 + DM_DEVICES_MAX * LEFT_DEVICE_NUMBERS)

/* How a run's numbers matter to a model. */
struct dm_setup {
	uint64_t patches; /* see patches.h */
	uint32_t lock;	  /* plan row `lock` */
};

struct dm_model {
	struct explore_model model;
	struct dm_setup setup;
	const struct program_set *programs; /* not owned */
	struct world_config config;
	/*
	 * Called with the results of every execution, cpu1's first, and with what is left behind:
	 * dm_model_width() numbers. May be NULL.
	 */
	void (*outcome)(void *context, const int32_t *results, bool faulted);
	void *outcome_context;
	uint32_t left_width;	/* numbers behind the results; 0: nobody looks at what is left */
	const int32_t *refused; /* ends that are a FAULT_CHECK, one after another; not owned */
	size_t refused_count;
	bool refuses_all;	  /* every end is refused: a replay of a ticket has no list */
	bool has_left;		  /* `results` are of an execution that came to its end */
	struct recorder recorder; /* of faults with their messages; see fibers.reporting */
	uint32_t longest;	  /* program */
	int32_t results[DM_RESULTS_MAX];
};

/* @programs stay the caller's and have to outlive @m, which must not move. */
void dm_model_init(struct dm_model *m, const struct program_set *programs,
		   const struct dm_setup *setup);

/*
 * Look at what the threads leave behind: `outcome` is called with it, and an end among the @count
 * of
 * @refused, dm_model_width() numbers each, is a FAULT_CHECK. Call it after dm_model_init().
 */
void dm_model_look(struct dm_model *m, const int32_t *refused, size_t count);
/* The numbers of an end. */
uint32_t dm_model_width(const struct dm_model *m);

/* What player @cpu was doing: its operation and minor, NO_OP and NO_MINOR when nothing. */
void dm_model_doing(const struct fibers *f, uint32_t cpu, uint32_t *op, uint32_t *minor);

#endif
