/* SPDX-License-Identifier: MIT */
/* Which thread goes on. fibers.c and points.c share this; inline, since models do it most. */
#ifndef DMTORTURE_CHOICE_H
#define DMTORTURE_CHOICE_H

#include "fibers.h"

/*
 * Whether @lock can be taken as @kind, POINT_LOCK or ACCESS_LOCK_SHARED. Writers that wait hold up
 * readers only; the holder of a spinlock stands in the bits of readers.
 */
static inline bool lock_is_free(unsigned int kind, const struct word *lock)
{
	uint64_t value = word_peek(lock);

	return kind == ACCESS_LOCK_SHARED ? value <= RWSEM_READERS
					  : !(value & (RWSEM_READERS | RWSEM_WRITER));
}

/* Whether @cpu, which is about to take a lock or to wait for a word, can go on. */
bool fibers_can_go(const struct fibers *f, uint32_t cpu);
/* @enabled, and the waiting threads that can go on. */
uint32_t fibers_enabled_of_blocked(const struct fibers *f, uint32_t enabled);
/* The thread that goes on where something is special; NOBODY: the engine. */
int fibers_pass_on_specially(struct fibers *f);

static inline uint32_t enabled_now(const struct fibers *f)
{
	uint32_t enabled = f->running & ~f->blocked;

	if (likely(enabled == f->running) && likely(!f->weak_choice))
		return enabled;
	return fibers_enabled_of_blocked(f, enabled);
}

/* @chosen, of @enabled, goes on. */
static inline int go(struct fibers *f, uint32_t enabled, int chosen)
{
	f->schedule[f->steps++] = choice_of(enabled, (uint32_t)chosen);
	f->current = (uint32_t)chosen;
	return chosen;
}

static inline bool may_step(const struct fibers *f)
{
	return f->steps < f->steps_max && f->hot.undo <= f->hot.undo_stop;
}

/* Whether there is room for one more step; if not, the execution is over. */
static inline bool has_room(struct fibers *f)
{
	if (likely(may_step(f)))
		return true;
	f->stuck = true;
	return false;
}

/* The thread that goes on now; NOBODY: the engine. */
static inline __attribute__((always_inline)) int pass_on(struct fibers *f)
{
	uint32_t enabled;
	int chosen;

	if (unlikely(f->special))
		return fibers_pass_on_specially(f);
	enabled = enabled_now(f);
	if (unlikely(!enabled || !has_room(f)))
		return NOBODY;
	if (f->uniform)
		chosen = (int)fibers_pick(&f->dice, enabled);
	else if (!(enabled & (enabled - 1)))
		chosen = __builtin_ctz(enabled);
	else
		chosen = f->choose(f->strategy, enabled);
	return chosen < 0 ? NOBODY : go(f, enabled, chosen);
}

static inline struct stack *stack_of(struct fibers *f, int cpu)
{
	return cpu < 0 ? &f->engine : &f->fiber[cpu].stack;
}

/* @cpu stands at a point: let somebody go on. Returns when it is @cpu's turn. */
static inline void yield(struct fibers *f, uint32_t cpu)
{
	int next = pass_on(f);

	if (next != (int)cpu)
		stack_switch(&f->fiber[cpu].stack, stack_of(f, next));
}

#endif
