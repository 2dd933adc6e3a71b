/* SPDX-License-Identifier: MIT */
/* Points: where a fiber lets others go on, and what it records of itself. */
#include "recorded.h"
#include "walk.h"

/* Where somebody awaits a word, it is looked at before every choice. */
void fibers_walk_specially(struct fibers *f, uint32_t cpu)
{
	uint32_t enabled = f->running & ~f->blocked, next;

	for (uint32_t left = f->awaits; left; left &= left - 1) {
		uint32_t waiter = (uint32_t)__builtin_ctz(left);

		if (word_peek(f->next_word[waiter]) != f->fiber[waiter].await_old)
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

/* yield() of random walks. */
static inline void walk(struct fibers *f, uint32_t cpu)
{
	uint32_t next;

	if (unlikely(!walk_may_draw(f))) {
		fibers_walk_specially(f, cpu);
		return;
	}
	next = walk_draw(f);
	if (next != cpu)
		stack_switch(&f->fiber[cpu].stack, &f->fiber[next].stack);
}

/*
 * On a random walk `blocked` is exact except for awaits: threads that wait for a lock are looked at
 * when it is taken and when it is released.
 */
static inline void unblock(struct task *t)
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

/* The lock @w is taken: all that wait for it are blocked, except readers by a reader. */
static __attribute__((noinline)) void block_others(struct fibers *f, unsigned int kind,
						   const struct word *w)
{
	uint32_t blocked = f->blocked;

	for (uint32_t left = f->waiting; left; left &= left - 1) {
		uint32_t cpu = (uint32_t)__builtin_ctz(left);

		if (f->next_word[cpu] == w &&
		    (kind != ACCESS_LOCK_SHARED || f->next[cpu].kind != ACCESS_LOCK_SHARED))
			f->blocked |= 1u << cpu;
	}
	if (f->blocked != blocked)
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

	f->next[cpu].kind = kind & 15;
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

/* --- what an access does, by mode and kind --- */

static __attribute__((noinline)) void record(struct task *t, const struct word *w,
					     const struct site *site, unsigned int kind)
{
	struct access *access = announce(t, kind, w, site);

	yield(t->fibers, t->common.cpu);
	execute(t, w, access);
}

static __attribute__((noinline)) void record_lock(struct task *t, const struct word *w,
						  const struct site *site, unsigned int kind)
{
	struct fibers *f = t->fibers;
	uint32_t me = 1u << t->common.cpu;
	struct access *access = announce(t, kind, w, site);

	f->blocked |= me;
	yield(f, t->common.cpu);
	f->blocked &= ~me;
	execute(t, w, access);
}

/* It goes on whether the rwsem is held or not; which of the two it did is known then. */
static void record_ACCESS_ARRIVE(struct task *t, const struct word *w, const struct site *site)
{
	struct access *access = announce(t, ACCESS_ARRIVE, w, site);

	yield(t->fibers, t->common.cpu);
	access->kind = lock_is_free(POINT_LOCK, w) ? POINT_LOCK : ACCESS_QUEUE;
	execute(t, w, access);
}

static void lock_alone(struct task *t, const struct word *w, const struct site *site,
		       unsigned int kind)
{
	announce(t, kind, w, site);
	if (!fibers_can_go(t->fibers, t->common.cpu))
		oops(t, DEADLOCK, site, "held, and nobody is left to release it");
}

static inline void tell(const struct task *t, const struct word *w, const struct site *site,
			unsigned int kind)
{
	t->listener->executed[kind](t->listener, w, site, t->words);
}

#define FUNCTION(name)                                                                             \
	static void name(struct task *t, const struct word *w, const struct site *site)

FUNCTION(walk_on)
{
	(void)w;
	(void)site;
	walk(t->fibers, t->common.cpu);
}

/* Readers do not pass a writer that comes to a rwsem, whether it takes it or queues. */
FUNCTION(walk_ACCESS_ARRIVE)
{
	(void)site;
	walk(t->fibers, t->common.cpu);
	if (unlikely(t->fibers->waiting))
		block_others(t->fibers, POINT_LOCK, w);
}

FUNCTION(listen_ACCESS_ARRIVE)
{
	walk_ACCESS_ARRIVE(t, w, site);
	if (lock_is_free(POINT_LOCK, w))
		tell(t, w, site, POINT_LOCK);
}

FUNCTION(walk_released)
{
	(void)w;
	(void)site;
	unblock(t);
}

/* A task that runs alone and reads the same again and again waits in vain. */
FUNCTION(go_on)
{
	(void)w;
	if (unlikely(++t->fibers->alone_points > ALONE_POINTS_MAX))
		oops(t, DEADLOCK, site, "goes round for ever, and nobody else runs");
}

/*
 * A function for each kind, so that none has to ask for it. A thread that is drawn again goes on
 * and has nothing to keep: to give way is a function of its own.
 */
#define POINT(kind)                                                                                \
	FUNCTION(record_##kind)                                                                    \
	{                                                                                          \
		record(t, w, site, kind);                                                          \
	}                                                                                          \
	FUNCTION(weak_##kind)                                                                      \
	{                                                                                          \
		weak_point(t, w, site, kind);                                                      \
	}                                                                                          \
	static __attribute__((noinline)) void give_way_##kind(                                     \
		struct task *t, const struct word *w, const struct site *site, uint32_t next)      \
	{                                                                                          \
		walk_give_way(t->fibers, t->common.cpu, next);                                     \
		tell(t, w, site, kind);                                                            \
	}                                                                                          \
	FUNCTION(listen_##kind)                                                                    \
	{                                                                                          \
		uint32_t next = walk_draw_or_nobody(t->fibers);                                    \
                                                                                                   \
		if (next == t->common.cpu)                                                         \
			tell(t, w, site, kind);                                                    \
		else                                                                               \
			give_way_##kind(t, w, site, next);                                         \
	}
#define LOCK(kind)                                                                                 \
	FUNCTION(record_##kind)                                                                    \
	{                                                                                          \
		record_lock(t, w, site, kind);                                                     \
	}                                                                                          \
	FUNCTION(weak_##kind)                                                                      \
	{                                                                                          \
		weak_lock(t, w, site, kind);                                                       \
	}                                                                                          \
	FUNCTION(walk_##kind)                                                                      \
	{                                                                                          \
		walk_to_lock(t->fibers, t->common.cpu, kind, w, site);                             \
	}                                                                                          \
	FUNCTION(listen_##kind)                                                                    \
	{                                                                                          \
		walk_to_lock(t->fibers, t->common.cpu, kind, w, site);                             \
		tell(t, w, site, kind);                                                            \
	}                                                                                          \
	FUNCTION(alone_##kind)                                                                     \
	{                                                                                          \
		lock_alone(t, w, site, kind);                                                      \
	}
#define RELEASE(kind)                                                                              \
	FUNCTION(record_##kind)                                                                    \
	{                                                                                          \
		execute_release(t, w, site, kind);                                                 \
	}                                                                                          \
	FUNCTION(weak_##kind)                                                                      \
	{                                                                                          \
		weak_release(t, w, site, kind);                                                    \
	}                                                                                          \
	FUNCTION(listen_##kind)                                                                    \
	{                                                                                          \
		unblock(t);                                                                        \
		tell(t, w, site, kind);                                                            \
	}
#define ACCESSES                                                                                   \
	POINT(POINT_READ)                                                                          \
	POINT(POINT_READ_PLAIN)                                                                    \
	POINT(POINT_WRITE)                                                                         \
	POINT(POINT_WRITE_PLAIN)                                                                   \
	POINT(POINT_RMW)                                                                           \
	POINT(POINT_FREE)                                                                          \
	POINT(POINT_STOP)                                                                          \
	LOCK(POINT_LOCK)                                                                           \
	LOCK(ACCESS_LOCK_SHARED)                                                                   \
	RELEASE(POINT_UNLOCK)                                                                      \
	RELEASE(ACCESS_UNLOCK_SHARED)

ACCESSES

#undef POINT
#undef LOCK
#undef RELEASE
#define ROW(kind, weak, walks, alone)                                                              \
	[FIBERS_RECORD][kind] = record_##kind, [FIBERS_WEAK][kind] = (weak),                       \
	[FIBERS_WALK][kind] = (walks), [FIBERS_LISTEN][kind] = listen_##kind,                      \
	[FIBERS_ALONE][kind] = (alone),
#define POINT(kind) ROW(kind, weak_##kind, walk_on, go_on)
#define LOCK(kind) ROW(kind, weak_##kind, walk_##kind, alone_##kind)
#define RELEASE(kind) ROW(kind, weak_##kind, walk_released, go_on)

const fibers_access_fn fibers_accesses[FIBERS_MODES][ACCESS_KINDS] = {
	ACCESSES ROW(ACCESS_ARRIVE, weak_ACCESS_ARRIVE, walk_ACCESS_ARRIVE, alone_POINT_LOCK)};

void fibers_queue(struct task *t, struct word *state, const struct site *site)
{
	uint64_t history = t->history;

	word_add(t, state, RWSEM_WAITING);
	point(t, POINT_LOCK, state, site);
	word_add(t, state, -(uint64_t)RWSEM_WAITING);
	/* A thread that got the lock need not remember whether it was held on the way there. */
	t->history = history;
}

void fibers_intrude(struct task *t, const struct word *holder, const struct site *site)
{
	if (fibers_hot(t)->mode != FIBERS_ALONE && word_peek(holder))
		oops(t, LOCK_MISUSE, site, "cpu%u and cpu%u hold one lock",
		     (unsigned int)word_peek(holder), t->common.cpu + 1);
}

bool fibers_await(struct task *t, const struct word *w, uint64_t old, const struct site *site)
{
	struct fibers *f = t->fibers;
	uint32_t cpu = t->common.cpu;
	struct access *access;
	bool changed;

	if (f->hot.mode == FIBERS_ALONE)
		return word_peek(w) != old;
	if (unlikely(f->hot.mode == FIBERS_WEAK))
		return weak_await(t, w, old, site);
	access = announce(t, POINT_AWAIT, w, site);
	f->fiber[cpu].await_old = old;
	f->blocked |= 1u << cpu;
	f->awaits |= 1u << cpu;
	f->plain_until = 0;
	yield(f, cpu);
	f->blocked &= ~(1u << cpu);
	f->awaits &= ~(1u << cpu);
	fibers_replan(f);
	changed = word_peek(w) != old;
	if (!changed)
		access->kind = ACCESS_GIVE_UP;
	if (f->hot.mode == FIBERS_RECORD)
		execute(t, w, access);
	else if (t->listener)
		tell(t, w, site, access->kind);
	return observe(t, changed);
}
