/* SPDX-License-Identifier: MIT */
/* Making machines, tasks and fibers, and taking them down. */
#include <stdlib.h>

#include "fibers.h"

_Static_assert(sizeof(void *) == 8, "a word holds a pointer");

void machine_init(struct machine *m, const struct recorder *recorder)
{
	m->recorder = *recorder;
	m->fibers = NULL;
}

void spinlock_init(struct spinlock *l, unsigned int kind)
{
	l->holder.value = 0;
	l->kind = kind;
}

void rwsem_init(struct rwsem *l)
{
	l->state.value = 0;
}

void mutex_init(struct mutex *l)
{
	rwsem_init(&l->sem);
}

void task_init(struct task *t, struct machine *m, unsigned int cpu)
{
	if (cpu >= FIBERS_MAX)
		fibers_refuse(NULL, "task_init() of task %u; there are at most %u", cpu,
			      FIBERS_MAX);
	if (!m || !m->fibers)
		fibers_refuse(NULL, "task_init() on a machine that `init` did not return");
	t->common = (struct task_common){.machine = m, .cpu = cpu};
	t->fibers = m->fibers;
	t->listener = NULL;
	t->words = 1;
	t->history = fibers_mix(0, cpu + 1);
	t->results = 0;
}

void task_done(struct task *t)
{
	const struct task_common *c = &t->common;

	if (c->spin_depth || c->sleep_depth || c->read_depth)
		machine_report(t, FAULT_LOCK_MISUSE, SITE("end of the program"),
			       "cpu%u ends with %u locks held", c->cpu + 1,
			       c->spin_depth + c->sleep_depth + c->read_depth);
}

static bool allocate(struct fibers *f, size_t local_bytes, size_t stack_bytes, char *stacks_at)
{
	size_t local =
		(local_bytes + FIBERS_LOCAL_LEAST - 1) / FIBERS_LOCAL_LEAST * FIBERS_LOCAL_LEAST;

	f->undo_first = malloc(UNDO_MAX * sizeof(*f->undo_first));
	f->trace = malloc(TRACE_MAX * sizeof(*f->trace));
	f->sighting = malloc(TRACE_MAX * sizeof(*f->sighting));
	f->schedule = malloc(STEPS_MAX * sizeof(*f->schedule));
	if (!f->undo_first || !f->trace || !f->sighting || !f->schedule)
		return false;
	for (uint32_t i = 0; i < f->cpus; i++) {
		struct fiber *fiber = &f->fiber[i];

		fiber->pristine = calloc(1, local);
		if (!fiber->pristine || !stack_new_at(stacks_at, &fiber->stack, &f->stack_memory[i],
						      stack_bytes, local, i))
			return false;
		if (stacks_at)
			stacks_at += f->stack_memory[i].bytes;
		fiber->local = fiber->stack.low + stack_bytes;
		fiber->local_bytes = local;
		fiber->fibers = f;
	}
	return true;
}

struct fibers *fibers_new(uint32_t cpus, size_t local_bytes, size_t stack_bytes, void *stacks_at)
{
	struct fibers *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->cpus = cpus;
	f->steps_max = STEPS_MAX;
	f->born = ~0u; /* whatever they have been set up with */
	if (!allocate(f, local_bytes, stack_bytes, stacks_at)) {
		fibers_free(f);
		return NULL;
	}
	f->hot.undo = f->undo_first;
	f->hot.undo_end = f->undo_first + UNDO_MAX;
	f->hot.undo_stop = f->hot.undo_end - UNDO_RESERVE;
	fibers_set_mode(f, FIBERS_ALONE);
	return f;
}

void fibers_free(struct fibers *f)
{
	if (!f)
		return;
	for (uint32_t i = 0; i < f->cpus; i++) {
		stack_delete(&f->fiber[i].stack, &f->stack_memory[i]);
		free(f->fiber[i].pristine);
	}
	free(f->undo_first);
	free(f->known);
	free(f->known_at);
	free(f->pristine);
	free(f->trace);
	free(f->sighting);
	free(f->option);
	if (!f->schedule_is_lent)
		free(f->schedule);
	free(f);
}

void fibers_lend_schedule(struct fibers *f, uint32_t *schedule)
{
	free(f->schedule);
	f->schedule = schedule;
	f->schedule_is_lent = true;
}
