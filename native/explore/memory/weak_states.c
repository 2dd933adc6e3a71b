/* SPDX-License-Identifier: MIT */
/*
 * Stateful search of a weak memory model: as in stateful.c, over pairs of a thread and what its
 * access reads, or where it lands.
 *
 * Accesses that commute with all that others do run at once, so that a state has one of these alone
 * or none. A thread sleeps by message: what it could have read before, in another order, it need
 * not read again; a message that is written later is news. A turn of a spin loop that only read is
 * undone, and what it read is vain for its thread until that has gone on: where all that is left of
 * every thread is vain, nobody ends the wait, and the threads run on from there by themselves, to
 * say where they wait.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "weak_path.h"

#define SEEN_BEFORE UINT32_MAX /* as `turn`: nothing is to be done from there */

/* The mask of @option, 0: it has no name. */
static uint64_t mask_of(const struct weak_states *states, uint16_t option)
{
	uint32_t name = states->m->ops->name(states->m, option);

	return name < MEMORY_NAMES ? UINT64_C(1) << name : 0;
}

/* Whether all places of @cpu's store sleep. */
static bool sleeps_whole(const struct weak_states *states, const struct weak_frame *frame,
			 uint32_t cpu)
{
	return states->m->op[cpu].kind == OP_STORE && frame->asleep[cpu];
}

/* The same of stores that go from a buffer to memory. */
static bool pick_flush(const struct weak_states *states, struct weak_frame *frame, uint32_t *cpu)
{
	uint32_t threads = states->f->cpus - 1;

	if (!states->f->weak_choice || frame->only != NO_THREAD)
		return false;
	for (; frame->turn < 2 * threads; frame->turn++) {
		*cpu = FLUSH_FIRST + frame->turn - threads;
		if (!(frame->enabled >> *cpu & 1))
			continue;
		frame->turn++;
		return true;
	}
	return false;
}

/* The next step from @frame, of what is left. Returns false when nothing is. */
static bool pick(struct weak_states *states, struct weak_frame *frame, uint32_t *cpu,
		 uint16_t *chosen)
{
	uint32_t threads = states->f->cpus - 1;
	uint16_t option[MEMORY_OPTIONS_MAX];

	for (; frame->turn < threads; frame->turn++, frame->index = 0) {
		uint32_t u = (frame->first + frame->turn) % threads, count;
		uint64_t taken = 0;

		if (!(frame->enabled >> u & 1) || (frame->only != NO_THREAD && frame->only != u))
			continue;
		if (sleeps_whole(states, frame, u))
			continue;
		count = states->m->ops->options(states->m, u, option);
		while (frame->index < count) {
			uint16_t next = option[frame->index++];

			if (mask_of(states, next) & (frame->asleep[u] | frame->vain[u]))
				continue;
			*cpu = u;
			*chosen = next;
			return true;
		}
		for (uint32_t i = 0; i < count; i++)
			taken |= mask_of(states, option[i]);
		frame->done[u] |= taken;
	}
	return pick_flush(states, frame, cpu);
}

/* What sleeps, and what is vain, behind the step of @cpu from @from. Context: before it. */
static void inherit(struct weak_states *states, const struct weak_frame *from,
		    struct weak_frame *to, uint32_t cpu)
{
	bool every = states->s->plan.every_step || states->s->plan.run_on;

	for (uint32_t u = 0; u + 1 < states->f->cpus; u++) {
		to->vain[u] = u == cpu ? 0 : from->vain[u];
		to->asleep[u] = u == cpu ? 0 : from->asleep[u] | from->done[u];
		if (u != cpu && (every || !(from->running >> u & 1) ||
				 states->m->ops->dependent(states->m, cpu, u)))
			to->asleep[u] = from->vain[u];
	}
}

static int end_path(struct weak_states *states)
{
	struct fibers *f = states->f;

	if (f->steps >= f->steps_max && f->running && !f->ended)
		f->stuck = true;
	stage_end(&states->s->stage);
	return search_account(states->s);
}

/* What fibers are about to do. */
struct pending {
	struct access next[FIBERS_MAX];
	const struct word *next_word[FIBERS_MAX];
	uint64_t await_old[FIBERS_MAX];
};

static void keep_pending(const struct fibers *f, struct pending *pending)
{
	memcpy(pending->next, f->next, sizeof(f->next));
	memcpy(pending->next_word, f->next_word, sizeof(f->next_word));
	for (uint32_t cpu = 0; cpu < f->cpus; cpu++)
		pending->await_old[cpu] = f->fiber[cpu].await_old;
}

static void put_pending_back(struct fibers *f, const struct pending *pending)
{
	memcpy(f->next, pending->next, sizeof(f->next));
	memcpy(f->next_word, pending->next_word, sizeof(f->next_word));
	for (uint32_t cpu = 0; cpu < f->cpus; cpu++)
		f->fiber[cpu].await_old = pending->await_old[cpu];
}

/* Nobody ends the wait of any thread: let them run on as they do without a search. */
static int run_on(struct weak_states *states, struct weak_frame *frame)
{
	struct fibers *f = states->f;
	struct weak *weak = &states->m->weak;
	struct pending pending;
	uint32_t enabled;
	int r;

	path_put_fibers_back(states);
	keep_pending(f, &pending);
	for (uint32_t left = f->running; left; left &= left - 1) {
		uint32_t cpu = (uint32_t)__builtin_ctz(left);
		size_t copy;
		void *at;

		r = path_copy_fiber(states, cpu, &at, &copy);
		if (r)
			return r;
		path_has_moved(states, cpu, at, copy);
	}
	weak->at_once = weak->undoes = false;
	while (!f->ended && f->steps < f->steps_max && (enabled = fibers_enabled(f)))
		fibers_step(f, enabled, (uint32_t)search_default(f, enabled));
	weak->at_once = weak->undoes = true;
	r = end_path(states);
	put_pending_back(f, &pending);
	states->save_at = frame->save_end;
	return r;
}

/* Whether every thread that has not ended only spins. */
static bool all_spin(struct weak_states *states, const struct weak_frame *frame)
{
	if (frame->only != NO_THREAD || !frame->running)
		return false;
	for (uint32_t left = frame->running; left; left &= left - 1) {
		uint32_t cpu = (uint32_t)__builtin_ctz(left);

		if (frame->enabled >> cpu & 1 && states->m->op[cpu].kind == OP_LOCK)
			return false;
		if (!states->m->ops->spins(states->m, cpu, frame->vain[cpu]))
			return false;
	}
	return true;
}

/* The execution has come to @frame for the first time, or not. Returns 0 or a negative errno. */
static int arrive(struct weak_states *states, struct weak_frame *frame)
{
	uint16_t option[MEMORY_OPTIONS_MAX];
	int r = path_keep(states, frame);

	if (r)
		return r;
	/* Where there is no choice there is nothing to come back for. */
	if (frame->only != NO_THREAD && states->m->ops->options(states->m, frame->only, option) < 2)
		return 0;
	r = states->by_executions ? 1 : hashset_add(&states->seen, weak_state_hash(states));
	if (r <= 0) {
		frame->turn = SEEN_BEFORE;
		frame->moved = true;
		frame->ends = false;
		return r;
	}
	if (!frame->ends)
		return 0;
	return search_used_up(states->s) ? 0 : end_path(states);
}

/* All steps from @frame were taken. Returns 0 or a negative errno. */
static int leave(struct weak_states *states, struct weak_frame *frame)
{
	int r = 0;

	if (!frame->ends && frame->turn != SEEN_BEFORE && all_spin(states, frame) &&
	    !search_used_up(states->s)) {
		r = run_on(states, frame);
		if (!r)
			path_back_to(states, frame);
	}
	return r;
}

/* One step from @frame. Returns 1 if there is a state behind it, 0 if not, or a negative errno. */
static int step(struct weak_states *states, struct weak_frame *frame, uint32_t cpu, uint16_t option)
{
	struct weak *weak = &states->m->weak;
	uint64_t mask = mask_of(states, option);
	int r;

	inherit(states, frame, frame + 1, cpu);
	states->m->woken = 0;
	r = path_step(states, frame, cpu, option);
	for (uint32_t left = states->m->woken; left; left &= left - 1) {
		uint32_t u = (uint32_t)__builtin_ctz(left);

		frame[1].asleep[u] = frame->vain[u];
	}
	if (r)
		return r;
	if (states->s->stage.refused[0])
		return -EINVAL;
	if (!weak->undone) {
		frame->moved = true;
		return 1;
	}
	weak->undone = false;
	path_go_back(states, frame);
	frame->vain[cpu] |= mask;
	frame->asleep[cpu] |= mask;
	return 0;
}

/* Whether the search has to begin again: what is met needs more to be kept. */
static bool needs_more(const struct memory *m)
{
	return (m->met.collects && !m->uses.collects) || (m->met.mixes && !m->uses.mixes) ||
	       (m->met.tracks && !m->uses.tracks);
}

static int walk(struct weak_states *states)
{
	struct weak_frame *frame = states->frame;
	int r;

	memset(frame->asleep, 0, sizeof(frame->asleep));
	memset(frame->vain, 0, sizeof(frame->vain));
	r = arrive(states, frame);
	while (r >= 0 && !search_states_over(states->s, states->seen.count, states->steps)) {
		uint16_t option = 0;
		uint32_t cpu;

		if (unlikely(needs_more(states->m)))
			return -EAGAIN;
		if (!frame->ends && pick(states, frame, &cpu, &option)) {
			r = step(states, frame, cpu, option);
			if (r > 0)
				r = arrive(states, ++frame);
			continue;
		}
		r = leave(states, frame);
		if (r < 0 || frame == states->frame)
			break;
		path_go_back(states, --frame);
	}
	return r < 0 ? r : 0;
}

static void begin(struct weak_states *states)
{
	struct memory *m = states->m;
	struct fibers *f = states->f;

	m->uses = m->met;
	states->save_at = 0;
	states->steps = 0;
	states->moved = 0;
	stage_reset(&states->s->stage);
	fibers_run(f, states->s->stage.all);
	m->weak.at_once = m->weak.undoes = true;
}

/* What was counted of a search that has to begin again. */
static void forget(struct search *s, const struct explore_report *before)
{
	for (uint32_t i = before->fault_count; i < s->report->fault_count; i++)
		schedule_free(&s->report->fault[i].schedule);
	*s->report = *before;
	s->found = false;
	hashset_clear(&s->traces);
	hashset_clear(&s->finals);
}

int search_weak_states(struct search *s)
{
	struct fibers *f = s->stage.fibers;
	struct weak_states states = {.s = s,
				     .f = f,
				     .m = memory_of(f),
				     .by_executions = s->plan.strategy == EXPLORE_DFS};
	struct explore_report before = *s->report;
	bool hashed = f->hot.hashing;
	int r = -ENOMEM;

	states.frame = malloc((STEPS_MAX + 2) * sizeof(*states.frame));
	if (states.frame) {
		f->hot.hashing = true;
		f->marks = true;
		f->stepwise = true;
		f->choose_option = NULL;
		do {
			hashset_free(&states.seen);
			states.seen = (struct hashset){0};
			begin(&states);
			r = twice_start(s);
			if (!r)
				r = walk(&states);
			states.m->weak.at_once = states.m->weak.undoes = false;
			if (r == -EAGAIN)
				forget(s, &before);
		} while (r == -EAGAIN);
		s->report->steps = states.steps;
		s->report->exhausted = !r && s->report->limit == LIMIT_NONE;
		f->stepwise = false;
		f->marks = false;
		f->hot.hashing = hashed;
	}
	memory_uses_all(states.m);
	free(states.frame);
	free(states.saves);
	hashset_free(&states.seen);
	return r;
}
