/* SPDX-License-Identifier: MIT */
#include "weak_path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SAVES_FIRST (1u << 20)

/* Room for @bytes more. Returns 0 or -ENOMEM. */
static int make_room(struct weak_states *states, size_t bytes)
{
	size_t capacity = states->save_capacity * 2 + SAVES_FIRST + bytes;
	char *bigger;

	if (likely(states->save_at + bytes <= states->save_capacity))
		return 0;
	bigger = realloc(states->saves, capacity);
	if (!bigger)
		return -ENOMEM;
	states->saves = bigger;
	states->save_capacity = capacity;
	return 0;
}

static size_t bytes_of(const struct fiber *fiber)
{
	return (size_t)(fiber->local + fiber->local_bytes - (char *)fiber->stack.at);
}

int path_copy_fiber(struct weak_states *states, uint32_t cpu, void **at, size_t *copy)
{
	const struct fiber *fiber = &states->f->fiber[cpu];
	size_t bytes = bytes_of(fiber);
	int r = make_room(states, bytes);

	if (r)
		return r;
	*at = fiber->stack.at;
	*copy = states->save_at;
	stack_copy(states->saves + states->save_at, fiber->stack.at, bytes);
	states->save_at += bytes;
	return 0;
}

void path_put_fibers_back(struct weak_states *states)
{
	for (uint32_t left = states->moved; left; left &= left - 1) {
		uint32_t cpu = (uint32_t)__builtin_ctz(left);
		struct fiber *fiber = &states->f->fiber[cpu];

		stack_forget_frames(&fiber->stack);
		fiber->stack.at = states->moved_at[cpu];
		stack_copy(fiber->stack.at, states->saves + states->moved_copy[cpu],
			   bytes_of(fiber));
	}
	states->moved = 0;
}

void path_has_moved(struct weak_states *states, uint32_t cpu, void *at, size_t copy)
{
	states->moved |= 1u << cpu;
	states->moved_at[cpu] = at;
	states->moved_copy[cpu] = copy;
}

void path_back_to(struct weak_states *states, struct weak_frame *frame)
{
	struct fibers *f = states->f;

	fibers_undo(f, frame->mark);
	f->hot.memory_hash = frame->memory_hash;
	f->running = frame->running;
	f->blocked = frame->blocked;
	f->dead = frame->dead;
	f->current = frame->current;
	f->length = frame->length;
	f->steps = frame->steps;
	f->ended = f->stuck = false;
	f->spawner = 0;
	f->fault_count = frame->faults;
	f->fault_kinds = 0;
	for (uint32_t i = 0; i < frame->faults; i++)
		f->fault_kinds |= 1u << f->fault[i].kind;
	for (uint32_t left = f->born & ~frame->born; left; left &= left - 1)
		fiber_task(&f->fiber[__builtin_ctz(left)])->history = 0;
	f->born = frame->born;
	states->moved &= frame->born;
	states->m->ops->restore(states->m, states->saves + frame->save);
	states->save_at = frame->save_end;
}

void path_go_back(struct weak_states *states, struct weak_frame *frame)
{
	struct fibers *f = states->f;

	if (unlikely(f->weak_choice) && frame->cpu >= FLUSH_FIRST) {
		path_back_to(states, frame);
		return;
	}
	f->next[frame->cpu] = frame->next;
	f->next_word[frame->cpu] = frame->next_word;
	f->fiber[frame->cpu].await_old = frame->await_old;
	path_has_moved(states, frame->cpu, frame->at, frame->copy);
	path_back_to(states, frame);
}

int path_step(struct weak_states *states, struct weak_frame *frame, uint32_t cpu, uint16_t option)
{
	struct fibers *f = states->f;
	int r;

	path_put_fibers_back(states);
	frame->cpu = cpu;
	if (unlikely(f->weak_choice) && cpu >= FLUSH_FIRST) {
		states->steps++;
		states->s->stage.calls++;
		fibers_step(f, frame->enabled, cpu);
		return 0;
	}
	frame->next = f->next[cpu];
	frame->next_word = f->next_word[cpu];
	frame->await_old = f->fiber[cpu].await_old;
	r = path_copy_fiber(states, cpu, &frame->at, &frame->copy);
	if (r)
		return r;
	states->steps++;
	states->s->stage.calls++;
	states->m->choice = option;
	states->m->is_told = true;
	fibers_step(f, frame->enabled, cpu);
	states->m->is_told = false; /* a wait that is given up has no option */
	return 0;
}

/* The thread that runs at once here. */
static uint32_t find_only(struct weak_states *states)
{
	for (uint32_t left = states->f->running; left; left &= left - 1) {
		uint32_t cpu = (uint32_t)__builtin_ctz(left);

		if (states->m->ops->runs_at_once(states->m, cpu))
			return cpu;
	}
	return NO_THREAD;
}

int path_keep(struct weak_states *states, struct weak_frame *frame)
{
	struct fibers *f = states->f;
	size_t bytes = states->m->ops->bytes(states->m);
	int r = make_room(states, bytes);

	if (r)
		return r;
	frame->mark = f->hot.undo;
	frame->memory_hash = f->hot.memory_hash;
	frame->running = f->running;
	frame->blocked = f->blocked;
	frame->dead = f->dead;
	frame->born = f->born;
	frame->current = f->current;
	frame->length = f->length;
	frame->steps = f->steps;
	frame->faults = f->fault_count;
	frame->turn = frame->index = 0;
	frame->moved = false;
	frame->ends = f->ended || f->steps >= f->steps_max;
	frame->enabled = frame->ends ? 0 : fibers_enabled(f);
	frame->ends |= !frame->enabled;
	frame->first = frame->enabled >> f->current & 1 ? f->current : 0;
	frame->only = frame->ends ? NO_THREAD : find_only(states);
	memset(frame->done, 0, sizeof(frame->done));
	frame->save = states->save_at;
	states->m->ops->save(states->m, states->saves + states->save_at);
	frame->save_end = states->save_at += bytes;
	return 0;
}

uint64_t weak_state_hash(const struct weak_states *states)
{
	const struct fibers *f = states->f;
	uint64_t hash = fibers_mix(f->hot.memory_hash, f->running) + fibers_faults_hash(f);

	for (uint32_t cpu = 0; cpu + 1 < f->cpus; cpu++)
		hash += fibers_mix(cpu + 1, fiber_task(&f->fiber[cpu])->history);
	return fibers_mix(hash, states->m->ops->hash(states->m));
}
