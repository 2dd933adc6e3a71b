/* SPDX-License-Identifier: MIT */
/*
 * Stateful search: depth-first over states, each visited once. A state is the memory and what each
 * thread has seen so far, both kept as hashes; two states with one hash are taken for one, which
 * with 64 bits and 10^8 states happens with probability 3e-4.
 *
 * Going back costs the words changed since (the undo log) and the fibers that moved: each step
 * saves its own before it runs. Fibers are copied back when the next step is taken, so that going
 * back many steps copies each once.
 *
 * A step whose outcome another order has shown is not taken: sleep sets (Godefroid, Partial-Order
 * Methods for the Verification of Concurrent Systems, 1996). A thread that has taken its step from
 * a state sleeps while others take theirs, until one of these depends on its own. All states are
 * visited as if nobody had slept: where a thread sleeps, all that comes of its step was visited
 * when it took that step before. With a store of states that holds because states have no cycles,
 * so that a state that is met again is done with: a history grows with every access, or is replaced
 * by what it never was before.
 */
#include <errno.h>
#include <stdlib.h>

#include "clocks.h"
#include "doubt.h"
#include "search.h"

#define SAVES_FIRST (1u << 20)

/* A state on the path, and the step that is taken from it. */
struct frame {
	struct undo *mark;
	uint64_t memory_hash;
	uint32_t enabled, left; /* masks; left: not yet taken */
	uint32_t asleep;	/* a mask: their steps have been taken before, in another order */
	uint32_t running, blocked, dead, born, current, length;
	/* Of the step: the thread that moves, and what it was about to do. */
	uint32_t cpu;
	struct access next;
	const struct word *next_word;
	uint64_t await_old;
	void *at;    /* its stack */
	size_t save; /* where its copy begins */
};

struct states {
	struct hashset seen;
	struct frame *frame; /* one a step */
	/* For each frame, of the thread that moves; NULL: without doubt.h. */
	struct doubt_thread *doubt;
	uint64_t steps; /* taken */
	char *saves;
	size_t save_at, save_capacity;
	uint32_t moved; /* a mask: a copy is to be put back before the next step */
	size_t moved_save[FIBERS_MAX];
	void *moved_at[FIBERS_MAX];
};

static inline uint64_t state_hash(const struct fibers *f)
{
	uint64_t hash = fibers_mix(f->hot.memory_hash, f->running) + fibers_faults_hash(f);

	/* The sum, since one does not have to wait for the other. */
	for (uint32_t cpu = 0; cpu + 1 < f->cpus; cpu++)
		hash += fibers_mix(cpu + 1, fiber_task(&f->fiber[cpu])->history);
	/* A search that doubts tells states apart by all that their threads can have read. */
	for (uint32_t cpu = 0; unlikely(f->doubt != NULL) && cpu + 1 < f->cpus; cpu++)
		hash += fibers_mix(FIBERS_MAX + cpu, f->doubt->thread[cpu].everything);
	return fibers_mix(0, hash);
}

/* Copy the fiber that is to move. Returns 0 or -ENOMEM. */
static __always_inline int save_fiber(struct states *states, struct frame *frame,
				      const struct fiber *fiber)
{
	size_t bytes = (size_t)(fiber->local + fiber->local_bytes - (char *)fiber->stack.at);

	if (states->save_at + bytes > states->save_capacity) {
		size_t capacity = states->save_capacity * 2 + SAVES_FIRST;
		char *bigger = realloc(states->saves, capacity);

		if (!bigger)
			return -ENOMEM;
		states->saves = bigger;
		states->save_capacity = capacity;
	}
	frame->at = fiber->stack.at;
	frame->save = states->save_at;
	stack_copy(states->saves + states->save_at, fiber->stack.at, bytes);
	states->save_at += bytes;
	return 0;
}

static __always_inline void put_fibers_back(struct states *states, struct fibers *f)
{
	for (uint32_t left = states->moved; left; left &= left - 1) {
		uint32_t cpu = (uint32_t)__builtin_ctz(left);
		struct fiber *fiber = &f->fiber[cpu];

		stack_forget_frames(&fiber->stack);
		fiber->stack.at = states->moved_at[cpu];
		stack_copy(fiber->stack.at, states->saves + states->moved_save[cpu],
			   (size_t)(fiber->local + fiber->local_bytes - (char *)fiber->stack.at));
	}
	states->moved = 0;
}

static __always_inline void keep(struct frame *frame, const struct fibers *f)
{
	frame->mark = f->hot.undo;
	frame->memory_hash = f->hot.memory_hash;
	frame->running = f->running;
	frame->blocked = f->blocked;
	frame->dead = f->dead;
	frame->born = f->born;
	frame->current = f->current;
	frame->length = f->length;
	frame->enabled = frame->left = f->ended || f->steps >= f->steps_max ? 0 : fibers_enabled(f);
}

/* Back to where fewer threads had begun: nothing of the others tells two states apart. */
static __cold void forget_births(struct states *states, const struct frame *frame, struct fibers *f)
{
	for (uint32_t left = f->born & ~frame->born; left; left &= left - 1)
		fiber_task(&f->fiber[__builtin_ctz(left)])->history = 0;
	f->born = frame->born;
	states->moved &= frame->born;
}

/* Back to @frame, as it was before its step. */
static __always_inline void go_back(struct states *states, struct frame *frame, struct fibers *f)
{
	fibers_undo(f, frame->mark);
	f->hot.memory_hash = frame->memory_hash;
	f->running = frame->running;
	f->blocked = frame->blocked;
	f->dead = frame->dead;
	f->current = frame->current;
	f->length = frame->length;
	f->steps = (uint32_t)(frame - states->frame);
	f->ended = f->stuck = false;
	f->next[frame->cpu] = frame->next;
	f->next_word[frame->cpu] = frame->next_word;
	f->fiber[frame->cpu].await_old = frame->await_old;
	if (unlikely(states->doubt != NULL))
		f->doubt->thread[frame->cpu] = states->doubt[frame - states->frame];
	states->moved |= 1u << frame->cpu;
	states->moved_save[frame->cpu] = frame->save;
	states->moved_at[frame->cpu] = frame->at;
	f->spawner = 0;
	if (unlikely(f->born != frame->born))
		forget_births(states, frame, f);
}

static __always_inline int take_step(struct states *states, struct frame *frame, struct fibers *f)
{
	uint32_t cpu = (uint32_t)(frame->left >> f->current & 1 ? (int)f->current
								: __builtin_ctz(frame->left));
	int r;

	put_fibers_back(states, f);
	frame->left &= ~(1u << cpu);
	frame->cpu = cpu;
	frame->next = f->next[cpu];
	frame->next_word = f->next_word[cpu];
	frame->await_old = f->fiber[cpu].await_old;
	if (unlikely(states->doubt != NULL))
		states->doubt[frame - states->frame] = f->doubt->thread[cpu];
	r = save_fiber(states, frame, &f->fiber[cpu]);
	if (!r) {
		states->steps++;
		fibers_step(f, frame->enabled, cpu);
	}
	return r;
}

/*
 * Repeat the step from @frame that has just been taken: it has to lead to the same state.
 * @faults: the number of faults before it. Returns 0 or a negative errno.
 */
static __attribute__((noinline)) int take_step_again(struct search *s, struct states *states,
						     struct frame *frame, uint32_t faults)
{
	struct fibers *f = s->stage.fibers;
	const struct site *next = f->next[frame->cpu].site;
	uint64_t hash = state_hash(f);
	uint32_t kinds = f->fault_kinds;
	int r;

	states->save_at = frame->save;
	go_back(states, frame, f);
	f->fault_count = faults;
	f->fault_kinds = 0;
	for (uint32_t i = 0; i < faults; i++)
		f->fault_kinds |= 1u << f->fault[i].kind;
	frame->left |= 1u << frame->cpu;
	states->steps--;
	s->stage.calls++;
	r = take_step(states, frame, f);
	if (!r &&
	    (state_hash(f) != hash || f->next[frame->cpu].site != next || f->fault_kinds != kinds))
		r = twice_differs(s, f->steps - 1, frame->cpu, next, f->next[frame->cpu].site);
	return r;
}

/* What an end is made of, before it is looked at: a check that faults changes it. */
struct before_end {
	struct undo *mark;
	uint64_t memory_hash;
	uint32_t dead, faults, fault_kinds;
};

/* Repeat the end. The fault that was found there has to be found again. */
static int end_again(struct search *s, const struct before_end *before)
{
	struct fibers *f = s->stage.fibers;
	const struct site *site = f->fault[before->faults].site;

	fibers_undo(f, before->mark);
	f->hot.memory_hash = before->memory_hash;
	f->dead = before->dead;
	f->fault_count = before->faults;
	f->fault_kinds = before->fault_kinds;
	/* A check that faults ends the execution; of one that had ended none is asked. */
	f->ended = f->stuck = false;
	stage_end(&s->stage);
	if (f->fault_count == before->faults)
		return twice_differs(s, f->steps, f->cpus - 1, site, NULL);
	return 0;
}

/* Faults of a state that is left again are forgotten, those before it are not. */
static int end_path(struct search *s)
{
	struct fibers *f = s->stage.fibers;
	struct before_end before = {.mark = f->hot.undo,
				    .memory_hash = f->hot.memory_hash,
				    .dead = f->dead,
				    .faults = f->fault_count,
				    .fault_kinds = f->fault_kinds};
	int r = 0;

	if (f->steps >= f->steps_max && f->running && !f->ended)
		f->stuck = true;
	stage_end(&s->stage);
	if (unlikely(s->report->executions % TWICE_EVERY == 0) &&
	    f->fault_count == before.faults + 1)
		r = end_again(s, &before);
	return r ? r : search_account(s);
}

/*
 * Whether no task sleeps. One that goes on after a fault looks at memory that its accesses do not
 * announce, such as whether an object lives.
 */
static bool takes_every_step(const struct search *s)
{
	return s->plan.every_step || s->plan.paranoid || s->plan.run_on;
}

/* The step from @frame[-1] led to @frame. Returns 0 or a negative errno. */
static int arrive(struct search *s, struct states *states, struct frame *frame)
{
	struct frame *from = frame - 1;
	struct fibers *f = s->stage.fibers;
	uint64_t hash = state_hash(f);
	int r;

	hashset_prefetch(&states->seen, hash);
	keep(frame, f);
	frame->asleep = 0;
	/* What comes to an end here would not do so after more of the others' steps. */
	if (likely(!f->ended)) {
		/* To release a lock at which another thread queued meanwhile leads to another
		 * state. */
		if (!takes_every_step(s) && f->trace[from->length].kind != ACCESS_QUEUE)
			frame->asleep =
				still_asleep(from->asleep, f->next, &f->trace[from->length]);
		from->asleep |= 1u << from->cpu;
	}
	r = hashset_add(&states->seen, hash);
	if (r <= 0) {
		frame->left = 0;
		return r;
	}
	frame->left &= ~frame->asleep;
	if (frame->enabled)
		return 0;
	return search_used_up(s) ? 0 : end_path(s);
}

/* From the first state walk everything behind it. */
static int walk(struct search *s, struct states *states)
{
	struct fibers *f = s->stage.fibers;
	struct frame *frame = states->frame;
	uint32_t faults[STEPS_MAX + 1];
	int r;

	keep(frame, f);
	frame->asleep = 0;
	faults[0] = f->fault_count;
	if (!frame->enabled) {
		r = end_path(s);
		search_states_over(s, states->seen.count, states->steps);
		return r;
	}
	for (;;) {
		if (!frame->left) {
			if (frame == states->frame)
				return 0;
			frame--;
			states->save_at = frame->save;
			go_back(states, frame, f);
			f->fault_count = faults[f->steps];
			continue;
		}
		f->fault_kinds = 0;
		for (uint32_t i = 0; i < f->fault_count; i++)
			f->fault_kinds |= 1u << f->fault[i].kind;
		s->stage.calls++;
		r = take_step(states, frame, f);
		if (!r && unlikely(states->steps % TWICE_EVERY == 1))
			r = take_step_again(s, states, frame, faults[frame - states->frame]);
		if (r)
			return r;
		faults[f->steps] = f->fault_count;
		r = arrive(s, states, ++frame);
		if (r < 0 || search_states_over(s, states->seen.count, states->steps))
			return r < 0 ? r : 0;
	}
}

int search_states(struct search *s)
{
	struct states states = {0};
	struct fibers *f = s->stage.fibers;
	bool hashed = f->hot.hashing;
	int r = -ENOMEM;

	states.frame = malloc((STEPS_MAX + 1) * sizeof(*states.frame));
	if (f->doubt)
		states.doubt = malloc((STEPS_MAX + 1) * sizeof(*states.doubt));
	if (states.frame && !f->doubt == !states.doubt) {
		f->hot.hashing = true;
		f->marks = true;
		f->stepwise = true;
		stage_reset(&s->stage);
		fibers_run(f, s->stage.all);
		r = twice_start(s);
		if (!r)
			r = hashset_add(&states.seen, state_hash(f));
		if (r > 0)
			r = walk(s, &states);
		if (s->report->limit != LIMIT_STATES)
			s->report->states = states.seen.count;
		s->report->steps = states.steps;
		s->report->exhausted = !r && s->report->limit == LIMIT_NONE;
		f->stepwise = false;
		f->marks = false;
		f->hot.hashing = hashed;
	}
	free(states.frame);
	free(states.doubt);
	free(states.saves);
	hashset_free(&states.seen);
	return r;
}
