/* SPDX-License-Identifier: MIT */
/* Inside the explore engine: one exploration of the device mapper. */
#ifndef DMTORTURE_ENGINE_RUN_H
#define DMTORTURE_ENGINE_RUN_H

#include <pthread.h>

#include "dm_model.h"
#include "explore_engine.h"
#include "tally.h"

#define TELL_EVERY_NS UINT64_C(50000000)

struct exploration {
	struct explore_input input;
	struct explore_listener listener;
	uint32_t *words;
	int32_t *refused;
	struct program_set programs;
	struct tally tally;
	struct dm_model model;
	pthread_t thread;
	volatile bool stopping;
	bool no_memory; /* to count an outcome */
	uint64_t began_ns, told_ns;
	uint64_t deadline_ns; /* UINT64_MAX: none */
};

/* Explore, and fill *@result, to be freed even on an error. */
void exploration_work(struct exploration *e, struct explore_result *result);
/*
 * stories.c: give each fault of @report that gets a story its smallest schedule, its message and
 * its ticket. Returns 0 or -errno.
 */
int find_stories(struct exploration *e, const struct explore_report *report,
		 struct explore_result *result);

#endif
