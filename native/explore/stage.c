/* SPDX-License-Identifier: MIT */
#include "stage.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "arrays.h"
#include "fresh.h"

#define MEMORY_ALIGN 128
#define STACK_BYTES_MIN (16u << 10)
#define STACK_BYTES_MAX (64u << 20)

/* A sentence on what @stage->model is not, and -EINVAL. */
__attribute__((format(printf, 2, 3))) static int refuse(struct stage *stage, const char *format,
							...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(stage->refused, sizeof(stage->refused), format, arguments);
	va_end(arguments);
	return -EINVAL;
}

/* Whose local memory is made now. */
struct entering {
	struct stage *stage;
	uint32_t cpu;
};

static void make_local(void *context)
{
	const struct entering *entering = context;
	struct stage *stage = entering->stage;
	const struct explore_model *model = stage->model;
	struct task *local = fiber_task(&stage->fibers->fiber[entering->cpu]);

	if (!model->enter) {
		task_init(local, stage->machine, entering->cpu);
		return;
	}
	model->enter(model->context, stage->memory, local, entering->cpu);
	if (local->fibers != stage->fibers || local->common.machine != stage->machine ||
	    local->common.cpu != entering->cpu)
		fibers_refuse(NULL, "`enter` has to call task_init(local, machine, %u)",
			      entering->cpu);
}

static bool enter(struct stage *stage, uint32_t cpu)
{
	struct entering entering = {stage, cpu};

	return fibers_set_up(stage->fibers, make_local, &entering);
}

static void make_memory(void *context)
{
	struct stage *stage = context;

	stage->machine = stage->model->init(stage->model->context, stage->memory);
	if (!stage->machine)
		fibers_refuse(NULL, "`init` has to return the machine that it made");
	stage->machine->fibers = stage->fibers;
}

/* Whether the numbers and functions of the model can be. Returns 0 or -EINVAL. */
static int look_at_model(struct stage *stage, const struct explore_model *model)
{
	if (model->threads < 2 || model->threads > EXPLORE_THREADS_MAX)
		return refuse(stage, "Expected `threads` to be 2..%u, got `%u`",
			      EXPLORE_THREADS_MAX, model->threads);
	if (!model->init || !model->thread)
		return refuse(stage, "Expected `init` and `thread` to be functions, got NULL");
	if (model->local_bytes && model->local_bytes < sizeof(struct task))
		return refuse(stage, "Expected `local_bytes` to be 0 or at least %zu, got `%zu`",
			      sizeof(struct task), model->local_bytes);
	if (model->begins > model->threads)
		return refuse(stage, "Expected `begins` to be 0..%u (threads), got `%u`",
			      model->threads, model->begins);
	if (model->stack_bytes &&
	    (model->stack_bytes < STACK_BYTES_MIN || model->stack_bytes > STACK_BYTES_MAX))
		return refuse(stage, "Expected `stack_bytes` to be 0 or %u..%u, got `%zu`",
			      STACK_BYTES_MIN, STACK_BYTES_MAX, model->stack_bytes);
	if (model->put_back && (model->check_is_pure || model->settled))
		return refuse(stage, "A check that looks at the memory alone cannot see what "
				     "`put_back` puts back");
	return 0;
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

/* A multiple of what a stack is aligned to. */
static size_t stack_of(const struct explore_model *model)
{
	size_t bytes = model->stack_bytes ? model->stack_bytes : FIBER_STACK;

	return (bytes + MEMORY_ALIGN - 1) / MEMORY_ALIGN * MEMORY_ALIGN;
}

/* The model's own part of it. Returns 0, -EINVAL or -EFAULT. */
static int set_up(struct stage *stage)
{
	struct fibers *f = stage->fibers;
	uint32_t closer = stage->model->threads;
	bool fine;

	if (!fibers_set_up(f, make_memory, stage))
		return -EINVAL;
	stage->phase = STAGE_BEFORE;
	if (!enter(stage, closer))
		return -EINVAL;
	fine = fibers_run_alone(f, closer);
	for (uint32_t cpu = 0; cpu < closer; cpu++) {
		if (!enter(stage, cpu))
			return -EINVAL;
		fibers_keep_local(f, cpu);
	}
	stage->phase = STAGE_THREADS;
	fibers_begin_here(f);
	if (stage->refused[0])
		return -EINVAL;
	return fine ? 0 : -EFAULT;
}

int stage_open(struct stage *stage, const struct explore_model *model, uint32_t steps_max)
{
	size_t local = model->local_bytes ? model->local_bytes : sizeof(struct task);
	struct fibers *f;
	size_t bytes;
	int r;

	*stage = (struct stage){.model = model};
	r = look_at_model(stage, model);
	if (r)
		return r;
	if (model->memory_bytes > EXPLORE_MEMORY_BYTES_MAX || local > EXPLORE_MEMORY_BYTES_MAX ||
	    !array_bytes(model->memory_bytes, 1, 1, MEMORY_ALIGN, &bytes))
		return -ENOMEM;
	stage->all = (1u << (model->begins ? model->begins : model->threads)) - 1;
	stage->block_bytes = bytes + MEMORY_ALIGN;
	stage->block = fresh_new(stage->block_bytes);
	stage->memory = (void *)(((uintptr_t)stage->block + MEMORY_ALIGN - 1) / MEMORY_ALIGN *
				 MEMORY_ALIGN);
	f = fibers_new(model->threads + 1, local, stack_of(model), model->stacks_at);
	__atomic_store_n(&stage->fibers, f, __ATOMIC_RELEASE);
	if (!stage->block || !f || !fibers_attach(f, stage->memory, model->memory_bytes) ||
	    (model->check_is_pure && !clean_ends_init(&stage->clean)))
		return -ENOMEM;
	f->body = body;
	f->body_context = stage;
	f->refused = stage->refused;
	f->has_outcomes = model->outcome != NULL;
	f->passes = model->passes;
	if (model->schedule)
		fibers_lend_schedule(f, model->schedule);
	f->steps_max = steps_max && steps_max < STEPS_MAX ? steps_max : STEPS_MAX;
	return set_up(stage);
}

void stage_close(struct stage *stage)
{
	fibers_free(stage->fibers);
	fresh_delete(stage->block, stage->block_bytes);
	clean_ends_free(&stage->clean);
}

void stage_reset(struct stage *stage)
{
	fibers_put_back(stage->fibers);
	if (stage->model->put_back)
		stage->model->put_back(stage->model->context);
	stage->calls++;
	stage->cut = false;
}

/* What tells two ends apart: memory and results; of faults only which they are, and where. */
static uint64_t final_hash(const struct fibers *f)
{
	uint64_t hash = f->hot.memory_hash;

	if (fibers_faulted(f))
		return fibers_faults_hash(f);
	for (uint32_t cpu = 0; cpu + 1 < f->cpus; cpu++)
		hash = fibers_mix(hash, fiber_task(&f->fiber[cpu])->history);
	return hash;
}

static void call_check(struct stage *stage)
{
	const struct explore_model *model = stage->model;
	struct fibers *f = stage->fibers;
	uint32_t closer = model->threads;

	if (model->settled && model->settled(model->context, stage->memory))
		return;
	if (model->check_is_pure && clean_ends_know(&stage->clean, f))
		return;
	stage->calls++;
	stage->phase = STAGE_CHECK;
	stage->broken = NULL;
	if (enter(stage, closer))
		fibers_run_alone(f, closer);
	stage->phase = STAGE_THREADS;
	if (stage->broken)
		fibers_note_fault(f, FAULT_CHECK, stage->broken, closer);
	if (model->check_is_pure && !f->fault_count)
		clean_ends_learn(&stage->clean);
}

/* Nobody can go on. */
static void note_stuck(const struct stage *stage)
{
	static const struct site deadlock = {.func = "schedule", .text = "no thread can go on"};
	const struct explore_model *model = stage->model;
	struct fibers *f = stage->fibers;
	uint32_t cpu = (uint32_t)__builtin_ctz(f->running);
	struct fiber_fault fault = {.kind = FAULT_DEADLOCK,
				    .site = f->next[cpu].site ? f->next[cpu].site : &deadlock,
				    .cpu = cpu};

	if (model->stuck && !model->stuck(model->context, f, &fault))
		return;
	fibers_note_fault(f, fault.kind, fault.site, fault.cpu);
}

void stage_end(struct stage *stage)
{
	struct fibers *f = stage->fibers;

	if (unlikely(f->hot.hashing))
		stage->final_hash = final_hash(f);
	if (f->ended || f->stuck || f->dead || stage->cut)
		return;
	if (f->running)
		note_stuck(stage);
	else if (stage->model->check)
		call_check(stage);
}

void stage_run(struct stage *stage)
{
	stage_reset(stage);
	fibers_run(stage->fibers, stage->all);
	stage_end(stage);
}
