/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "choice.h"
#include "doubt.h"
#include "weak.h"

/* --- which thread goes on --- */

/* @weakly: there is a memory model that says what ends a wait. */
static inline bool can_go(const struct fibers *f, uint32_t cpu, bool weakly)
{
	const struct word *w = f->next_word[cpu];

	if (f->next[cpu].kind != POINT_AWAIT)
		return lock_is_free(f->next[cpu].kind, w);
	if (weakly)
		return f->hot.weak->ops->can_wake(f->hot.weak, cpu);
	return word_peek(w) != f->fiber[cpu].await_old;
}

bool fibers_can_go(const struct fibers *f, uint32_t cpu)
{
	return can_go(f, cpu, f->hot.weakly);
}

static uint32_t awaiting(const struct fibers *f)
{
	uint32_t mask = 0;

	for (uint32_t left = f->running & f->blocked; left; left &= left - 1) {
		uint32_t cpu = (uint32_t)__builtin_ctz(left);

		if (f->next[cpu].kind == POINT_AWAIT)
			mask |= 1u << cpu;
	}
	return mask;
}

static inline uint32_t enabled_of_blocked(const struct fibers *f, uint32_t enabled, bool weakly)
{
	for (uint32_t left = f->running & f->blocked; left; left &= left - 1) {
		uint32_t cpu = (uint32_t)__builtin_ctz(left);

		if (can_go(f, cpu, weakly))
			enabled |= 1u << cpu;
	}
	if (weakly && f->weak_choice)
		enabled |= f->hot.weak->ops->flushes(f->hot.weak);
	/* No thread is left that could change what they wait for: all may give up. */
	if (unlikely(!enabled && f->running && awaiting(f) == f->running))
		return f->running;
	return enabled;
}

/* Calls that sequential consistency does not pay for. */
static __attribute__((noinline)) uint32_t enabled_weakly(const struct fibers *f, uint32_t enabled)
{
	return enabled_of_blocked(f, enabled, true);
}

uint32_t fibers_enabled_of_blocked(const struct fibers *f, uint32_t enabled)
{
	if (unlikely(f->hot.weakly))
		return enabled_weakly(f, enabled);
	return enabled_of_blocked(f, enabled, false);
}

uint32_t fibers_enabled(const struct fibers *f)
{
	return enabled_now(f);
}

bool fibers_deadlocked(const struct fibers *f)
{
	return f->running && !f->ended && !f->stuck && !f->dead && !fibers_enabled(f);
}

/* The thread that goes on, by a choice among all that can. */
static __attribute__((noinline)) int pass_on_to_any(struct fibers *f)
{
	for (;;) {
		uint32_t enabled = enabled_now(f);
		int chosen;

		if (!enabled || !has_room(f))
			return NOBODY;
		chosen = f->uniform ? (int)fibers_pick(&f->dice, enabled)
				    : f->choose(f->strategy, enabled);
		if (!f->weak_choice || chosen < FLUSH_FIRST)
			return chosen < 0 ? NOBODY : go(f, enabled, chosen);
		fibers_flush(f, enabled, (uint32_t)chosen);
	}
}

int fibers_pass_on_specially(struct fibers *f)
{
	int chosen;

	if (f->spawner && !f->ended) {
		chosen = f->spawner - 1;
		f->spawner = 0;
		return chosen;
	}
	if (f->starting) {
		chosen = __builtin_ctz(f->starting);
		f->starting &= (uint16_t)(f->starting - 1);
		fibers_replan(f);
		return chosen;
	}
	if (f->stepwise || f->ended || f->alone)
		return NOBODY;
	return pass_on_to_any(f);
}

static void draw_from(struct fibers *f, const struct fibers_plan *plan)
{
	f->candidates = plan->candidates;
	f->candidate = plan->candidate;
	f->plain_until = f->steps_max;
}

static __attribute__((noinline)) void make_plan(struct fibers *f, struct fibers_plan *plan,
						uint32_t enabled)
{
	plan->enabled = enabled;
	plan->candidates = 0;
	for (uint32_t left = enabled; left; left &= left - 1)
		plan->candidate[plan->candidates++] =
			choice_of(enabled, (uint32_t)__builtin_ctz(left));
	draw_from(f, plan);
}

void fibers_replan(struct fibers *f)
{
	uint32_t enabled = f->running & ~f->blocked;
	struct fibers_plan *plan = &f->plan[enabled % FIBERS_PLANS];

	f->plain_until = 0;
	if (!f->uniform || f->special || f->awaits || !enabled)
		return;
	if (unlikely(plan->enabled != enabled))
		make_plan(f, plan, enabled);
	else
		draw_from(f, plan);
}

/* @cpu will not go on. */
_Noreturn void fibers_leave(struct fibers *f, uint32_t cpu)
{
	f->running &= ~(1u << cpu);
	f->blocked &= ~(1u << cpu);
	if (unlikely(f->hot.weakly))
		f->hot.weak->ops->settle(f->hot.weak);
	fibers_replan(f);
	stack_switch(&f->fiber[cpu].stack, stack_of(f, pass_on(f)));
	machine_bug("cpu%u goes on after its end", cpu + 1);
}

static void fiber_main(void *argument)
{
	struct fiber *fiber = argument;
	struct fibers *f = fiber->fibers;
	uint32_t cpu = (uint32_t)(fiber - f->fiber);

	stack_entered(&f->engine);
	fibers_quit(fiber_task(fiber), f->body(f->body_context, cpu));
}

_Noreturn void fibers_quit(struct task *t, uint64_t result)
{
	struct fibers *f = t->fibers;
	uint64_t digest = fibers_mix(1, result);

	if (unlikely(f->doubt && !f->alone))
		doubt_end(f->doubt, t, digest);
	t->history = digest;
	fibers_leave(f, t->common.cpu);
}

_Noreturn void fibers_end(struct task *t)
{
	t->fibers->ended = true;
	fibers_leave(t->fibers, t->common.cpu);
}

/* --- executions --- */

static void reset_fiber(struct fibers *f, uint32_t cpu)
{
	struct fiber *fiber = &f->fiber[cpu];

	stack_forget_frames(&fiber->stack);
	/* Where compilers know the number of bytes, a copy needs no call. */
	if (likely(fiber->local_bytes == FIBERS_LOCAL_LEAST))
		memcpy(fiber->local, fiber->pristine, FIBERS_LOCAL_LEAST);
	else
		memcpy(fiber->local, fiber->pristine, fiber->local_bytes);
	stack_begin(&fiber->stack, fiber_main, fiber);
}

static void forget_execution(struct fibers *f, uint32_t cpus)
{
	/* What tells two states apart is nothing of those that have not begun. */
	for (uint32_t left = f->born & ((1u << (f->cpus - 1)) - 1) & ~cpus; left; left &= left - 1)
		fiber_task(&f->fiber[__builtin_ctz(left)])->history = 0;
	f->running = f->born = f->first = cpus;
	f->spawner = 0;
	f->blocked = 0;
	f->waiting = 0;
	f->awaits = 0;
	f->plain_until = 0;
	f->dead = 0;
	f->current = FIBERS_MAX;
	f->ended = false;
	f->stuck = false;
	if (unlikely(f->schedule_is_lent))
		memset(f->schedule, 0, f->steps * sizeof(*f->schedule));
	f->steps = 0;
	f->length = 0;
	f->fault_count = 0;
	f->fault_kinds = 0;
	if (unlikely(f->doubt != NULL))
		doubt_reset(f->doubt);
	if (unlikely(f->hot.weakly))
		f->hot.weak->ops->begin(f->hot.weak);
}

void fibers_keep_local(struct fibers *f, uint32_t cpu)
{
	memcpy(f->fiber[cpu].pristine, f->fiber[cpu].local, f->fiber[cpu].local_bytes);
}

void fibers_listen(struct fibers *f, uint32_t cpu, struct fibers_listener *listener)
{
	fiber_task(&f->fiber[cpu])->listener = listener;
	fibers_keep_local(f, cpu);
	f->listened = true;
}

bool fibers_run_alone(struct fibers *f, uint32_t cpu)
{
	uint32_t running = f->running, faults = f->fault_count;
	enum fibers_mode mode = f->hot.mode;

	stack_forget_frames(&f->fiber[cpu].stack);
	stack_begin(&f->fiber[cpu].stack, fiber_main, &f->fiber[cpu]);
	fibers_set_mode(f, FIBERS_ALONE);
	f->alone = true;
	f->alone_points = 0;
	f->running = 1u << cpu;
	stack_switch(&f->engine, &f->fiber[cpu].stack);
	f->running = running;
	fibers_set_mode(f, mode);
	f->alone = false;
	return f->fault_count == faults;
}

static enum fibers_mode recording(const struct fibers *f)
{
	return f->hot.weak ? FIBERS_WEAK : FIBERS_RECORD;
}

static enum fibers_mode walk_mode(const struct fibers *f)
{
	if (!f->uniform || f->hot.noting)
		return recording(f);
	return f->listened ? FIBERS_LISTEN : FIBERS_WALK;
}

void fibers_run(struct fibers *f, uint32_t cpus)
{
	forget_execution(f, cpus);
	for (uint32_t left = cpus; left; left &= left - 1)
		reset_fiber(f, (uint32_t)__builtin_ctz(left));
	f->starting = (uint16_t)cpus;
	fibers_set_mode(f, walk_mode(f));
	stack_switch(&f->engine, stack_of(f, pass_on(f)));
	fibers_set_mode(f, FIBERS_ALONE);
}

int fibers_spawn(struct task *t, uint32_t cpu)
{
	struct fibers *f = t->fibers;
	uint32_t me = t->common.cpu, parent = me;
	struct task *child;
	uint8_t before = f->spawner;

	if (f->alone || cpu + 1 >= f->cpus)
		return -EINVAL;
	if (f->born >> cpu & 1)
		return -EBUSY;
	child = fiber_task(&f->fiber[cpu]);
	reset_fiber(f, cpu);
	/* What it does may depend on what it is given, and that on all its parent has seen. */
	child->history = fibers_mix(child->history, t->history);
	if (t->listener)
		t->listener->spawned(t->listener, child->listener);
	if (unlikely(f->hot.weakly))
		f->hot.weak->ops->spawned(f->hot.weak, me, cpu);
	if (f->born & ~f->first & 1u << parent && f->birth[parent].length == f->length)
		parent = f->birth[parent].parent;
	f->birth[cpu].length = f->length;
	f->birth[cpu].parent = parent;
	f->born |= 1u << cpu;
	f->running |= 1u << cpu;
	f->spawner = (uint8_t)(me + 1);
	f->plain_until = 0;
	/* An execution that ends in the child's first steps has its parent come to no access. */
	f->next_word[me] = NULL;
	stack_switch(&f->fiber[me].stack, &f->fiber[cpu].stack);
	f->spawner = before;
	fibers_replan(f);
	return 0;
}

void fibers_flush(struct fibers *f, uint32_t enabled, uint32_t chosen)
{
	f->option[f->steps] = 0;
	f->schedule[f->steps++] = choice_of(enabled, chosen);
	f->hot.weak->ops->flush(f->hot.weak, chosen);
}

void fibers_step(struct fibers *f, uint32_t enabled, uint32_t cpu)
{
	if (unlikely(cpu >= FLUSH_FIRST) && f->weak_choice) {
		fibers_flush(f, enabled, cpu);
		return;
	}
	go(f, enabled, (int)cpu);
	if (likely(!f->hot.weakly))
		fibers_set_mode(f, FIBERS_RECORD);
	else
		fibers_set_mode(f, FIBERS_WEAK);
	stack_switch(&f->engine, &f->fiber[cpu].stack);
	fibers_set_mode(f, FIBERS_ALONE);
}

void fibers_wrote_nothing(struct task *t)
{
	struct fibers *f = t->fibers;

	if (t->listener)
		t->listener->wrote_nothing(t->listener);
	if (f->hot.mode > FIBERS_WEAK)
		return;
	if (unlikely(f->hot.weakly))
		f->hot.weak->ops->wrote_nothing(f->hot.weak, t);
	f->trace[f->length - 1].kind = POINT_READ;
	if (f->hot.watching) {
		struct sighting *seen = &f->sighting[f->length - 1];

		/*
		 * What it saw is what the word holds, or what a weak memory model says; what the
		 * code made of that is another thing.
		 */
		if (!seen->is_weak)
			seen->read = word_peek(f->next_word[t->common.cpu]);
		seen->has_read = true;
		seen->has_written = false;
	}
}
