/* SPDX-License-Identifier: MIT */
#include "fibers.h"

#define UNDO_RESERVE 65536 /* changes that one step, or a closer, makes at most */

_Static_assert(sizeof(struct access) == 16, "accesses are copied a lot");

/* --- who goes on --- */

static bool can_go(const struct fibers *f, uint32_t cpu)
{
	uint64_t value = word_load(f->next_word[cpu]);

	switch (f->next[cpu].kind) {
	case POINT_LOCK:
		return value == 0;
	case ACCESS_LOCK_SHARED:
		return value <= RWSEM_READERS;
	default:
		return value != f->fiber[cpu].await_old;
	}
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

/* Who of those that wait can go on. */
static uint32_t enabled_of_blocked(const struct fibers *f, uint32_t enabled)
{
	for (uint32_t left = f->running & f->blocked; left; left &= left - 1) {
		uint32_t cpu = (uint32_t)__builtin_ctz(left);

		if (can_go(f, cpu))
			enabled |= 1u << cpu;
	}
	/* Nobody is left who could change what they wait for: all may give up. */
	if (unlikely(!enabled && f->running && awaiting(f) == f->running))
		return f->running;
	return enabled;
}

static inline uint32_t enabled_now(const struct fibers *f)
{
	uint32_t enabled = f->running & ~f->blocked;

	return likely(enabled == f->running) ? enabled : enabled_of_blocked(f, enabled);
}

uint32_t fibers_enabled(const struct fibers *f)
{
	return enabled_now(f);
}

bool fibers_deadlocked(const struct fibers *f)
{
	return f->running && !f->ended && !f->stuck && !f->dead && !fibers_enabled(f);
}

/* Who goes on now; NOBODY: the engine. */
static inline __attribute__((always_inline)) int pass_on(struct fibers *f)
{
	uint32_t enabled;
	int chosen;

	if (unlikely(f->starting)) {
		chosen = __builtin_ctz(f->starting);
		f->starting &= f->starting - 1;
		return chosen;
	}
	if (unlikely(f->stepwise || f->ended || f->hot.undisturbed))
		return NOBODY;
	enabled = enabled_now(f);
	if (unlikely(!enabled))
		return NOBODY;
	if (unlikely(f->steps >= f->steps_max || f->hot.undo_end - f->hot.undo < UNDO_RESERVE)) {
		f->stuck = true;
		return NOBODY;
	}
	if (enabled & (enabled - 1) || f->asks_always)
		chosen = f->choose(f->strategy, enabled);
	else
		chosen = __builtin_ctz(enabled);
	if (chosen < 0)
		return NOBODY;
	f->could[f->steps] = (uint16_t)enabled;
	f->schedule[f->steps++] = (uint8_t)chosen;
	f->current = (uint32_t)chosen;
	return chosen;
}

static struct stack *stack_of(struct fibers *f, int cpu)
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

/* @cpu will not go on. */
_Noreturn void fibers_leave(struct fibers *f, uint32_t cpu)
{
	f->running &= ~(1u << cpu);
	f->blocked &= ~(1u << cpu);
	stack_switch(&f->fiber[cpu].stack, stack_of(f, pass_on(f)));
	machine_bug("cpu%u goes on after its end", cpu + 1);
}

static void fiber_main(void *argument)
{
	struct fiber *fiber = argument;
	struct fibers *f = fiber->fibers;
	uint32_t cpu = (uint32_t)(fiber - f->fiber);

	stack_entered(&f->engine);
	fiber_task(fiber)->history = fibers_mix(1, f->body(f->body_context, cpu));
	fibers_leave(f, cpu);
}

/* --- executions --- */

static void reset_fiber(struct fibers *f, uint32_t cpu)
{
	struct fiber *fiber = &f->fiber[cpu];

	stack_forget_frames(&fiber->stack);
	memcpy(fiber->local, fiber->pristine, fiber->local_bytes);
	stack_begin(&fiber->stack, fiber_main, fiber);
}

static void forget_execution(struct fibers *f, uint32_t cpus)
{
	f->running = cpus;
	f->blocked = 0;
	f->dead = 0;
	f->current = FIBERS_MAX;
	f->ended = false;
	f->stuck = false;
	f->steps = 0;
	f->length = 0;
	f->fault_count = 0;
	f->fault_kinds = 0;
}

void fibers_keep_local(struct fibers *f, uint32_t cpu)
{
	memcpy(f->fiber[cpu].pristine, f->fiber[cpu].local, f->fiber[cpu].local_bytes);
}

bool fibers_run_alone(struct fibers *f, uint32_t cpu)
{
	uint32_t running = f->running, faults = f->fault_count;
	bool was_undisturbed = f->hot.undisturbed;

	stack_forget_frames(&f->fiber[cpu].stack);
	stack_begin(&f->fiber[cpu].stack, fiber_main, &f->fiber[cpu]);
	f->hot.undisturbed = true;
	f->running = 1u << cpu;
	stack_switch(&f->engine, &f->fiber[cpu].stack);
	f->running = running;
	f->hot.undisturbed = was_undisturbed;
	return f->fault_count == faults;
}

void fibers_undo(struct fibers *f, struct undo *mark)
{
	struct undo *undo = f->hot.undo;

	while (undo != mark) {
		undo--;
		undo->word->value = undo->value;
	}
	f->hot.undo = mark;
}

void fibers_run(struct fibers *f, uint32_t cpus)
{
	forget_execution(f, cpus);
	for (uint32_t left = cpus; left; left &= left - 1)
		reset_fiber(f, (uint32_t)__builtin_ctz(left));
	f->starting = cpus;
	f->hot.undisturbed = false;
	stack_switch(&f->engine, stack_of(f, pass_on(f)));
	f->hot.undisturbed = true;
}

void fibers_step(struct fibers *f, uint32_t enabled, uint32_t cpu)
{
	f->could[f->steps] = (uint16_t)enabled;
	f->schedule[f->steps++] = (uint8_t)cpu;
	f->current = cpu;
	f->hot.undisturbed = false;
	stack_switch(&f->engine, &f->fiber[cpu].stack);
	f->hot.undisturbed = true;
}

/* --- points --- */

static inline struct access *announce(struct task *t, unsigned int kind, const struct word *w,
				      size_t words, const struct site *site)
{
	struct fibers *f = t->fibers;
	uint32_t cpu = t->common.cpu;

	f->next[cpu] = (struct access){
		.site = site,
		.place = (uint32_t)(((const char *)w - f->hot.memory) / sizeof(*w)),
		.words = (uint16_t)words,
		.kind = (uint8_t)kind,
		.cpu = (uint8_t)cpu,
	};
	f->next_word[cpu] = w;
	return &f->next[cpu];
}

static inline void execute(struct task *t, const struct access *access)
{
	struct fibers *f = t->fibers;

	if (unlikely(f->hot.watching))
		f->sighting[f->length] = (struct sighting){0};
	f->trace[f->length++] = *access;
	if (f->hot.hashing)
		t->history = fibers_mix(t->history, (uintptr_t)access->site);
	if (unlikely(f->executed != NULL))
		f->executed(f->watcher, access);
}

void fibers_point(struct task *t, unsigned int kind, const struct word *w, size_t words,
		  const struct site *site)
{
	struct access *access = announce(t, kind, w, words, site);

	yield(t->fibers, t->common.cpu);
	execute(t, access);
}

void fibers_lock(struct task *t, unsigned int kind, struct word *w, const struct site *site)
{
	struct fibers *f = t->fibers;
	uint32_t cpu = t->common.cpu;
	struct access *access = announce(t, kind, w, 1, site);
	bool excludes = kind != POINT_RMW;

	if (f->hot.undisturbed) {
		if (excludes && !can_go(f, cpu))
			oops(t, DEADLOCK, site, "held, and nobody is left to release it");
		return;
	}
	if (likely(excludes))
		f->blocked |= 1u << cpu;
	yield(f, cpu);
	f->blocked &= ~(1u << cpu);
	execute(t, access);
	if (unlikely(!excludes && word_load(w)))
		oops(t, LOCK_MISUSE, site, "cpu%u and cpu%u hold one lock",
		     (unsigned int)word_load(w), cpu + 1);
}

void fibers_released(struct task *t, unsigned int kind, const struct word *w,
		     const struct site *site)
{
	struct access access;

	if (fibers_hot(t)->undisturbed)
		return;
	access = (struct access){
		.site = site,
		.place = (uint32_t)(((const char *)w - fibers_hot(t)->memory) / sizeof(*w)),
		.words = 1,
		.kind = (uint8_t)kind,
		.cpu = (uint8_t)t->common.cpu,
	};
	execute(t, &access);
}

bool fibers_await(struct task *t, const struct word *w, uint64_t old, const struct site *site)
{
	struct fibers *f = t->fibers;
	uint32_t cpu = t->common.cpu;
	struct access *access;
	bool changed;

	if (f->hot.undisturbed)
		return word_load(w) != old;
	access = announce(t, POINT_AWAIT, w, 1, site);
	f->fiber[cpu].await_old = old;
	f->blocked |= 1u << cpu;
	yield(f, cpu);
	f->blocked &= ~(1u << cpu);
	changed = word_load(w) != old;
	if (!changed)
		access->kind = ACCESS_GIVE_UP;
	execute(t, access);
	return observe(t, changed);
}

void fibers_wrote_nothing(struct task *t)
{
	struct fibers *f = t->fibers;

	f->trace[f->length - 1].kind = POINT_READ;
	if (f->hot.watching) {
		/* What it saw is what the word holds; what the code made of that is another thing.
		 */
		f->sighting[f->length - 1].read = word_load(f->next_word[t->common.cpu]);
		f->sighting[f->length - 1].has_read = true;
		f->sighting[f->length - 1].has_written = false;
	}
}

void fibers_undo_full(void)
{
	machine_bug("one step changes more than %d words", UNDO_RESERVE);
}
