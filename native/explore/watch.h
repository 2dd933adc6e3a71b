/* SPDX-License-Identifier: MIT */
/*
 * A loop without points cannot be ended: it never leads back to the engine. A search has a thread
 * of its own that looks whether the model still comes to points, and says which function does not.
 */
#ifndef DMTORTURE_WATCH_H
#define DMTORTURE_WATCH_H

#include <pthread.h>

#include "stage.h"

/* Where a search was seen last. */
struct whereabouts {
	uint64_t calls;
	uint32_t steps, alone_points;
};

struct watch {
	const struct explore_plan *plan;
	const struct stage *stage;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t over_changed;
	bool over;    /* guarded by lock */
	bool watches; /* there is a thread */
};

/* Watch @stage, which may still be empty. If no thread can be started, nothing is watched. */
void watch_start(struct watch *w, const struct explore_plan *plan, const struct stage *stage);
/* Context: before the stage is closed; a watch that was never started is fine. */
void watch_stop(struct watch *w);

#endif
