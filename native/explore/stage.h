/* SPDX-License-Identifier: MIT */
/* The stage: a model set up once, and executed as often as a search wants. */
#ifndef DMTORTURE_STAGE_H
#define DMTORTURE_STAGE_H

#include "clean_ends.h"

struct stage {
	const struct explore_model *model;
	struct fibers *fibers;
	void *memory; /* aligned, in block */
	void *block;
	size_t block_bytes;
	struct machine *machine;
	enum { STAGE_BEFORE, STAGE_THREADS, STAGE_CHECK } phase;
	const struct site *broken; /* what the check found */
	uint64_t final_hash;	   /* of the last end, when hashing */
	uint64_t calls;		   /* of the model, so far; another thread reads it */
	uint32_t all;		   /* mask of the threads that begin */
	bool cut;		   /* the strategy ended the execution */
	struct clean_ends clean;   /* where the check found nothing */
	char refused[REFUSED_MAX]; /* what the model does and may not, a sentence; "": nothing */
};

/*
 * Set @model up, `before` included. Returns 0, -EINVAL (stage->refused says why), -ENOMEM, or
 * -EFAULT when `before` met a fault: it is in stage->fibers. Close in any case.
 */
int stage_open(struct stage *stage, const struct explore_model *model, uint32_t steps_max);
void stage_close(struct stage *stage);
/* Whether some threads of the model begin in others. */
static inline bool stage_spawns(const struct stage *stage)
{
	return stage->model->begins && stage->model->begins < stage->model->threads;
}

/* Put everything back to the beginning. */
void stage_reset(struct stage *stage);
/* Run one execution from the beginning, as the fibers' strategy says, and check its end. */
void stage_run(struct stage *stage);
/* The execution has come to its end: look for a deadlock, else call the model's check. */
void stage_end(struct stage *stage);

#endif
