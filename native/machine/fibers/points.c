/* SPDX-License-Identifier: MIT */
/* Points: where a fiber lets others go on, and what it records of itself. */
#include "choice.h"

_Static_assert(sizeof(struct access) == 16, "accesses are copied a lot");

static inline struct access *announce(struct task *t, unsigned int kind, const struct word *w,
				      size_t words, const struct site *site)
{
	struct fibers *f = t->fibers;
	uint32_t cpu = t->common.cpu;
	uint64_t at = (uint64_t)((const char *)w - f->hot.memory);

	if (unlikely(at >= f->hot.memory_bytes || f->hot.memory_bytes - at < words * sizeof(*w)))
		machine_bug("%s: \"%s\" is no word of the model's memory", site->func, site->text);
	f->next[cpu] = (struct access){
		.site = site,
		.place = (uint32_t)(at / sizeof(*w)),
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

	if (f->hot.mode != FIBERS_RECORD) {
		if (f->hot.mode == FIBERS_WATCH)
			f->executed(f->watcher, access);
		return;
	}
	if (unlikely(f->hot.watching))
		f->sighting[f->length] = (struct sighting){0};
	f->trace[f->length++] = *access;
	if (f->hot.hashing)
		t->history = fibers_mix(t->history, (uintptr_t)access->site);
	if (unlikely(f->executed != NULL))
		f->executed(f->watcher, access);
}

/* Where somebody awaits a word, it is looked at before every choice. */
static __attribute__((noinline)) void walk_specially(struct fibers *f, uint32_t cpu)
{
	uint32_t enabled = f->running & ~f->blocked, next;

	for (uint32_t left = f->awaits; left; left &= left - 1) {
		uint32_t waiter = (uint32_t)__builtin_ctz(left);

		if (word_load(f->next_word[waiter]) != f->fiber[waiter].await_old)
			enabled |= 1u << waiter;
	}
	if (unlikely(f->special || !f->awaits || !enabled || !may_step(f))) {
		yield(f, cpu);
		return;
	}
	next = fibers_pick(&f->dice, enabled);
	go(f, enabled, (int)next);
	if (next != cpu)
		stack_switch(&f->fiber[cpu].stack, &f->fiber[next].stack);
}

/* yield() where it is a plain draw: the bulk of all points of random walks. */
static inline void walk(struct fibers *f, uint32_t cpu)
{
	uint32_t step = f->steps, choice, next;

	if (unlikely(step >= f->plain_until)) {
		walk_specially(f, cpu);
		return;
	}
	choice = f->candidate[fibers_draw(&f->dice, f->candidates)];
	f->schedule[step] = choice;
	f->steps = step + 1;
	next = choice_chosen(choice);
	if (next != cpu)
		stack_switch(&f->fiber[cpu].stack, &f->fiber[next].stack);
}

void fibers_walk(struct task *t)
{
	walk(t->fibers, t->common.cpu);
}

/*
 * On a random walk `blocked` is kept exact but for awaits: those who wait for a lock are looked at
 * when it is taken and when it is released.
 */
void fibers_unblock(struct task *t)
{
	struct fibers *f = t->fibers;
	uint32_t blocked = f->blocked;

	for (uint32_t left = f->waiting & blocked; left; left &= left - 1) {
		uint32_t cpu = (uint32_t)__builtin_ctz(left);

		if (lock_is_free(f->next[cpu].kind, f->next_word[cpu]))
			f->blocked &= ~(1u << cpu);
	}
	if (f->blocked != blocked)
		fibers_replan(f);
}

/* The lock @w is taken: who waits for it does so in vain, but for readers with readers. */
static __attribute__((noinline)) void block_others(struct fibers *f, unsigned int kind,
						   const struct word *w)
{
	for (uint32_t left = f->waiting; left; left &= left - 1) {
		uint32_t cpu = (uint32_t)__builtin_ctz(left);

		if (f->next_word[cpu] == w &&
		    (kind != ACCESS_LOCK_SHARED || f->next[cpu].kind != ACCESS_LOCK_SHARED))
			f->blocked |= 1u << cpu;
	}
	fibers_replan(f);
}

static __attribute__((noinline)) void set_blocked(struct fibers *f, uint32_t mask, bool blocked)
{
	f->blocked = blocked ? f->blocked | mask : f->blocked & ~mask;
	fibers_replan(f);
}

static inline void walk_to_lock(struct fibers *f, uint32_t cpu, unsigned int kind,
				const struct word *w, const struct site *site)
{
	uint32_t me = 1u << cpu;

	f->next[cpu].kind = (uint8_t)kind;
	f->next[cpu].site = site;
	f->next_word[cpu] = w;
	f->waiting |= me;
	if (unlikely(!lock_is_free(kind, w)))
		set_blocked(f, me, true);
	walk(f, cpu);
	f->waiting &= ~me;
	if (unlikely(f->blocked & me))
		set_blocked(f, me, false);
	if (unlikely(f->waiting))
		block_others(f, kind, w);
}

void fibers_point(struct task *t, unsigned int kind, const struct word *w, size_t words,
		  const struct site *site)
{
	struct access *access = announce(t, kind, w, words, site);

	if (fibers_hot(t)->mode == FIBERS_WATCH) {
		walk(t->fibers, t->common.cpu);
		t->fibers->executed(t->fibers->watcher, access);
		return;
	}
	yield(t->fibers, t->common.cpu);
	execute(t, access);
}

void fibers_lock(struct task *t, unsigned int kind, struct word *w, const struct site *site)
{
	struct fibers *f = t->fibers;
	uint32_t cpu = t->common.cpu;
	bool excludes = kind != POINT_RMW;
	struct access *access;

	if (likely(f->hot.mode == FIBERS_WALK && excludes)) {
		walk_to_lock(f, cpu, kind, w, site);
		return;
	}
	access = announce(t, kind, w, 1, site);
	if (f->hot.mode == FIBERS_ALONE) {
		if (excludes && !fibers_can_go(f, cpu))
			oops(t, DEADLOCK, site, "held, and nobody is left to release it");
		return;
	}
	if (f->hot.mode != FIBERS_RECORD) {
		if (likely(excludes))
			walk_to_lock(f, cpu, kind, w, site);
		else
			walk(f, cpu);
		if (f->hot.mode == FIBERS_WATCH)
			f->executed(f->watcher, access);
	} else {
		if (likely(excludes))
			f->blocked |= 1u << cpu;
		yield(f, cpu);
		f->blocked &= ~(1u << cpu);
		execute(t, access);
	}
	if (unlikely(!excludes && word_load(w)))
		oops(t, LOCK_MISUSE, site, "cpu%u and cpu%u hold one lock",
		     (unsigned int)word_load(w), cpu + 1);
}

void fibers_released(struct task *t, unsigned int kind, const struct word *w,
		     const struct site *site)
{
	struct access access;

	if (fibers_hot(t)->mode == FIBERS_WATCH && t->fibers->blocked)
		fibers_unblock(t);
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

	if (f->hot.mode == FIBERS_ALONE)
		return word_load(w) != old;
	access = announce(t, POINT_AWAIT, w, 1, site);
	f->fiber[cpu].await_old = old;
	f->blocked |= 1u << cpu;
	f->awaits |= 1u << cpu;
	f->plain_until = 0;
	yield(f, cpu);
	f->blocked &= ~(1u << cpu);
	f->awaits &= ~(1u << cpu);
	fibers_replan(f);
	changed = word_load(w) != old;
	if (!changed)
		access->kind = ACCESS_GIVE_UP;
	execute(t, access);
	return observe(t, changed);
}
