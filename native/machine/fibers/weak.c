/* SPDX-License-Identifier: MIT */
/* Points of a weak memory model, and what its machine has beside them. See weak.h. */
#include "weak.h"

#include "recorded.h"

static inline struct weak *weak_of(const struct task *t)
{
	return t->fibers->hot.weak;
}

/* Go on with @cpu as a step of its own, without a choice. Returns whether there was room for it. */
static bool go_at_once(struct fibers *f, uint32_t cpu)
{
	if (!f->hot.weak->at_once || f->starting || f->spawner || f->ended || !may_step(f))
		return false;
	go(f, (f->running & ~f->blocked) | 1u << cpu, (int)cpu);
	return true;
}

/* Say what @t is about to do, and wait for its turn. @blocks: it may have to wait. */
static struct access *come_to(struct task *t, const struct word *w, const struct site *site,
			      unsigned int kind, bool blocks)
{
	struct fibers *f = t->fibers;
	struct weak *weak = f->hot.weak;
	uint32_t me = 1u << t->common.cpu;
	struct access *access;
	bool at_once;

	weak->ops->settle(weak);
	access = announce(t, kind, w, site);
	at_once = weak->ops->announce(weak, t, w, access);
	weak->says = 0;
	weak->failure = ORDER_NONE;
	t->order = ORDER_NONE;
	if (blocks)
		f->blocked |= me;
	if (!at_once || !go_at_once(f, t->common.cpu))
		yield(f, t->common.cpu);
	f->option[f->steps - 1] = 0;
	if (blocks)
		f->blocked &= ~me;
	return access;
}

void weak_point(struct task *t, const struct word *w, const struct site *site, unsigned int kind)
{
	struct access *access = come_to(t, w, site, kind, false);

	execute(t, w, access);
	weak_of(t)->ops->perform(weak_of(t), t);
}

void weak_lock(struct task *t, const struct word *w, const struct site *site, unsigned int kind)
{
	struct access *access = come_to(t, w, site, kind, true);

	execute(t, w, access);
	weak_of(t)->ops->perform(weak_of(t), t);
}

void weak_ACCESS_ARRIVE(struct task *t, const struct word *w, const struct site *site)
{
	struct access *access = come_to(t, w, site, ACCESS_ARRIVE, false);

	access->kind = lock_is_free(POINT_LOCK, w) ? POINT_LOCK : ACCESS_QUEUE;
	execute(t, w, access);
	weak_of(t)->ops->perform(weak_of(t), t);
}

void weak_release(struct task *t, const struct word *w, const struct site *site, unsigned int kind)
{
	struct weak *weak = weak_of(t);
	struct access access = {
		.site = site,
		.place = (uint32_t)(w - (const struct word *)(const void *)fibers_hot(t)->memory),
		.words = 1,
		.kind = kind & 15,
		.cpu = t->common.cpu & 15};

	weak->ops->settle(weak);
	execute_release(t, w, site, kind);
	weak->ops->announce(weak, t, w, &access);
	weak->ops->perform(weak, t);
}

/* Wait as what was said. Returns whether the word changed. */
static bool wait_for(struct task *t, const struct word *w, uint64_t old, const struct site *site)
{
	struct fibers *f = t->fibers;
	struct weak *weak = f->hot.weak;
	uint32_t cpu = t->common.cpu;
	struct access *access;
	bool changed;

	f->fiber[cpu].await_old = old;
	f->awaits |= 1u << cpu;
	access = come_to(t, w, site, POINT_AWAIT, true);
	f->awaits &= ~(1u << cpu);
	changed = weak->ops->can_wake(weak, cpu);
	if (!changed)
		access->kind = ACCESS_GIVE_UP;
	execute(t, w, access);
	observe(t, changed);
	/* The value that ended the wait may be read next: it stands there until it is observed. */
	if (changed)
		weak->ops->perform(weak, t);
	return changed;
}

bool weak_await(struct task *t, const struct word *w, uint64_t old, const struct site *site)
{
	return wait_for(t, w, old, site);
}

bool fibers_turn(struct task *t, const struct word *w, uint64_t seen, const struct site *site)
{
	struct fibers *f = t->fibers;
	struct weak *weak = f->hot.weak;

	if (likely(f->hot.mode != FIBERS_WEAK))
		return await_change_at(t, w, seen, site);
	weak->ops->settle(weak);
	if (weak->ops->turned(weak, t)) {
		weak->undone = true;
		stack_switch(&f->fiber[t->common.cpu].stack, &f->engine);
		machine_bug("cpu%u goes on with a turn that was undone", t->common.cpu + 1);
	}
	weak->says |= WEAK_TURN;
	return wait_for(t, w, seen, site);
}

bool fibers_sleep(struct task *t, struct word *w, struct word *sleepers, uint64_t seen,
		  uint64_t bit, const struct site *site)
{
	struct weak *weak = weak_of(t);

	if (sleepers != w + 1)
		machine_bug("the word of sleepers is not behind the one they sleep on");
	weak->says |= WEAK_SLEEPS | WEAK_EXPECTS;
	weak->expected = seen;
	point_range(t, POINT_RMW, w, 2, site);
	if (!observe(t, word_load(t, w) == seen)) {
		word_store(t, sleepers, word_peek(sleepers));
		return false;
	}
	word_store(t, sleepers, word_peek(sleepers) | bit);
	return true;
}

void fibers_fence(struct task *t, enum word_order order, const struct site *site)
{
	struct fibers *f = t->fibers;
	struct weak *weak = f->hot.weak;
	struct access *access;

	if (f->hot.mode != FIBERS_WEAK)
		return;
	weak->ops->settle(weak);
	if (order != ORDER_SEQ_CST) {
		weak->ops->fence(weak, t, order, site);
		return;
	}
	t->words = 0;
	t->order = order;
	access = come_to(t, (const struct word *)(const void *)f->hot.memory, site, ACCESS_FENCE,
			 false);
	t->words = 1;
	execute(t, f->next_word[t->common.cpu], access);
	weak->ops->perform(weak, t);
}

/* Where a task runs alone nothing is announced. */
static void say(struct task *t, uint32_t what)
{
	if (fibers_hot(t)->mode == FIBERS_WEAK)
		weak_of(t)->says |= what;
}

void fibers_expect(struct task *t, uint64_t old)
{
	say(t, WEAK_EXPECTS);
	weak_of(t)->expected = old;
}

void fibers_say_partly(struct task *t)
{
	say(t, WEAK_PARTLY);
}

void fibers_say_lands(struct task *t)
{
	say(t, WEAK_LANDS);
}

void fibers_say_kernel(struct task *t, bool wakes)
{
	say(t, wakes ? WEAK_KERNEL | WEAK_WAKES : WEAK_KERNEL);
}

void fibers_say_round(struct task *t)
{
	say(t, WEAK_ROUND);
}

void fibers_say_newest(struct task *t)
{
	say(t, WEAK_NEWEST);
}

void fibers_new_round(struct task *t, uint64_t digest)
{
	t->history = fibers_mix(3, digest);
}

void fibers_wrote_the_same(struct task *t)
{
	struct fibers *f = t->fibers;

	if (f->hot.mode == FIBERS_WEAK && f->hot.weak->ops->wrote_the_same(f->hot.weak, t))
		return;
	fibers_wrote_nothing(t);
}
