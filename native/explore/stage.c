/* SPDX-License-Identifier: MIT */
#include "stage.h"

#include <errno.h>
#include <stdlib.h>

#define MEMORY_ALIGN 128

static void enter(const struct stage *stage, uint32_t cpu)
{
	const struct explore_model *model = stage->model;
	struct task *local = fiber_task(&stage->fibers->fiber[cpu]);

	if (model->enter)
		model->enter(model->context, stage->memory, local, cpu);
	else
		task_init(local, stage->machine, cpu);
}

/* What every fiber does: the closer by phase, the others their program. */
static uint64_t body(void *context, uint32_t cpu)
{
	struct stage *stage = context;
	const struct explore_model *model = stage->model;
	struct task *t = fiber_task(&stage->fibers->fiber[cpu]);
	uint64_t digest = 0;

	switch (stage->phase) {
	case STAGE_BEFORE:
		if (model->before)
			model->before(model->context, stage->memory, t);
		break;
	case STAGE_THREADS:
		digest = model->thread(model->context, stage->memory, t, cpu);
		task_done(t);
		break;
	case STAGE_CHECK:
		if (model->check)
			stage->broken = model->check(model->context, stage->memory, t);
		break;
	}
	return digest;
}

int stage_open(struct stage *stage, const struct explore_model *model, uint32_t steps_max)
{
	size_t local = model->local_bytes ? model->local_bytes : sizeof(struct task);
	size_t bytes = (model->memory_bytes + MEMORY_ALIGN - 1) / MEMORY_ALIGN * MEMORY_ALIGN;
	struct fibers *f;
	bool fine;

	*stage = (struct stage){.model = model, .all = (1u << model->threads) - 1};
	if (model->threads < 2 || model->threads > EXPLORE_THREADS_MAX)
		return -EINVAL;
	/* From calloc(), so that what is never touched costs nothing. */
	stage->block = calloc(1, bytes + MEMORY_ALIGN);
	stage->memory = (void *)(((uintptr_t)stage->block + MEMORY_ALIGN - 1) / MEMORY_ALIGN *
				 MEMORY_ALIGN);
	f = stage->fibers = fibers_new(model->threads + 1, local);
	if (model->check_is_pure)
		stage->clean = calloc(CLEAN_ENDS, sizeof(*stage->clean));
	if (!stage->block || !f || (model->check_is_pure && !stage->clean))
		return -ENOMEM;
	f->hot.memory = stage->memory;
	f->hot.memory_bytes = bytes;
	f->body = body;
	f->body_context = stage;
	f->steps_max = steps_max && steps_max < STEPS_MAX ? steps_max : STEPS_MAX;
	stage->machine = model->init(model->context, stage->memory);
	stage->machine->fibers = f;
	stage->phase = STAGE_BEFORE;
	enter(stage, model->threads);
	fine = fibers_run_alone(f, model->threads);
	for (uint32_t cpu = 0; cpu < model->threads; cpu++) {
		enter(stage, cpu);
		fibers_keep_local(f, cpu);
	}
	stage->phase = STAGE_THREADS;
	f->hot.undo = f->undo_first;
	return fine ? 0 : -EFAULT;
}

void stage_close(struct stage *stage)
{
	fibers_free(stage->fibers);
	free(stage->block);
	free(stage->clean);
}

void stage_reset(struct stage *stage)
{
	struct fibers *f = stage->fibers;

	fibers_undo(f, f->undo_first);
	f->hot.memory_hash = 0;
	stage->cut = false;
}

/* What tells two ends apart: memory and results; of a fault only which it is. */
static uint64_t final_hash(const struct fibers *f)
{
	uint64_t hash = f->hot.memory_hash;

	if (f->fault_count)
		return f->fault_kinds;
	for (uint32_t cpu = 0; cpu + 1 < f->cpus; cpu++)
		hash = fibers_mix(hash, fiber_task(&f->fiber[cpu])->history);
	return hash;
}

/*
 * A hash of what the execution made of the memory: every word in the log with what it holds now.
 * How often a word is in it counts, too, so two ways to one end may differ; that costs a check.
 */
static uint64_t end_hash(const struct fibers *f)
{
	uint64_t hash = 1;

	for (const struct undo *undo = f->undo_first; undo < f->hot.undo; undo++) {
		uint64_t place = (uintptr_t)undo->word * UINT64_C(0x9e3779b97f4a7c15);
		uint64_t mixed = (place ^ word_load(undo->word)) * UINT64_C(0xd6e8feb86659fd93);

		hash += mixed ^ mixed >> 32;
	}
	return hash;
}

/* Whether the check is known to find nothing; if not, *@slot is where to note that it did. */
static bool is_clean(const struct stage *stage, uint64_t **slot, uint64_t *hash)
{
	const struct explore_model *model = stage->model;

	*slot = NULL;
	if (model->settled && model->settled(model->context, stage->memory))
		return true;
	if (!stage->clean)
		return false;
	*hash = end_hash(stage->fibers);
	*slot = &stage->clean[*hash >> 20 & (CLEAN_ENDS - 1)];
	return **slot == *hash;
}

static void call_check(struct stage *stage)
{
	struct fibers *f = stage->fibers;
	uint32_t closer = stage->model->threads;
	uint64_t *slot, hash = 0;

	if (is_clean(stage, &slot, &hash))
		return;
	stage->phase = STAGE_CHECK;
	stage->broken = NULL;
	enter(stage, closer);
	fibers_run_alone(f, closer);
	stage->phase = STAGE_THREADS;
	if (stage->broken)
		fibers_note_fault(f, FAULT_CHECK, stage->broken, closer);
	if (slot && !f->fault_count)
		*slot = hash;
}

void stage_end(struct stage *stage)
{
	static const struct site deadlock = {"schedule", "no thread can go on", 0};
	struct fibers *f = stage->fibers;

	stage->final_hash = final_hash(f);
	if (f->ended || f->stuck || f->dead || stage->cut)
		return;
	if (f->running) {
		uint32_t cpu = (uint32_t)__builtin_ctz(f->running);

		fibers_note_fault(f, FAULT_DEADLOCK,
				  f->next[cpu].site ? f->next[cpu].site : &deadlock, cpu);
		return;
	}
	if (stage->model->check)
		call_check(stage);
}

void stage_run(struct stage *stage)
{
	stage_reset(stage);
	fibers_run(stage->fibers, stage->all);
	stage_end(stage);
}
