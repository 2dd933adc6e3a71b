/* SPDX-License-Identifier: MIT */
/*
 * The machine on pthreads and C11 atomics. Words are atomics; a point only notices that the
 * world was abandoned. See machine.h for what each function promises.
 */
#ifndef DMTORTURE_THREADS_MACHINE_ARCH_H
#define DMTORTURE_THREADS_MACHINE_ARCH_H

#include <setjmp.h>
#include <stdatomic.h>

#include "task_wait.h"

#define CACHE_LINE 64

struct word {
	_Atomic uint64_t value;
};

enum spin_kind {
	SPIN_TTAS,   /* test and test-and-set, then yield: the default */
	SPIN_BROKEN, /* excludes nobody: the control that must be caught */
	SPIN_MADE,   /* by a struct lock_maker */
};

/* A lock that was made. Both are called on the task; acquire waits by way of task_wait.h. */
struct made_lock {
	void (*acquire)(struct made_lock *made, struct task *t);
	void (*release)(struct made_lock *made, struct task *t);
};

/*
 * Bits 0..7: the holder's cpu + 1, 0 when free. Of a lock that was made bit 8 is set beside it,
 * which sends its release the long way and leaves the short one as short as it is.
 */
struct spinlock {
	struct word holder;
	unsigned int kind;
	struct made_lock *made; /* SPIN_MADE */
};

#define SPIN_HOLDER UINT64_C(0xff)
#define SPIN_HELD_MADE UINT64_C(0x100)

/* See sleeping.h. `sleepers` counts the tasks that may be asleep on it. */
struct rwsem {
	struct word state;
	struct word sleepers;
};

struct mutex {
	struct rwsem sem;
};

enum perturbation { PERTURB_NONE, PERTURB_YIELD, PERTURB_DELAY };

/* What a waiting task shows the watchdog. */
struct wait_state {
	_Atomic(const struct site *) site; /* NULL: does not wait */
	_Atomic(const struct word *) on;   /* what it waits to see changed */
	_Atomic uint64_t mask;	/* of a lock: it can be had when none of these bits is set */
	_Atomic uint64_t old;	/* without a mask: it goes on when the word differs */
	_Atomic uint64_t since; /* counts waits: each has another number */
};

struct task {
	struct task_common common;
	_Atomic bool attention; /* the world was abandoned: leave */
	bool left;		/* left without finishing */
	_Atomic bool done;
	unsigned int perturb; /* enum perturbation */
	bool lingers;	      /* some delays outlast the other tasks */
	uint64_t random;      /* state of the perturbation's own generator; never 0 */
	uint64_t notes_seen;  /* coverage: bit n = note n */
	struct wait_state waits;
	struct wait *wait; /* on a lock that was made, while it is taken or released */
	jmp_buf escape;	   /* set with task_catch(); where a fault leads */
};

struct machine {
	struct recorder recorder;
	uint64_t watchdog_ns;
	unsigned int tasks;
	/* Tasks neither done nor in await_change(), and from bit 8 on how often one came back. */
	_Atomic unsigned int running;
	_Atomic bool abandoned;
	struct task *task[TASKS_MAX];
};

/*
 * Mark where a fault or an abandoned world takes @t. Evaluates to 0 when set, to 1 on arrival.
 * A macro, since the frame that calls it must stay alive.
 */
#define task_catch(t) _setjmp((t)->escape)

/* Have every task of @m leave at its next point. Context: any. */
void machine_abandon(struct machine *m);
_Noreturn void task_leave(struct task *t);
void task_perturb(struct task *t);
void spin_lock_slow(struct task *t, struct spinlock *l, const struct site *site);
void spin_lock_other(struct task *t, struct spinlock *l, const struct site *site);
void spin_unlock_other(struct task *t, struct spinlock *l, const struct site *site);
void rwsem_read_slow(struct task *t, struct rwsem *l, const struct site *site);
void rwsem_write_slow(struct task *t, struct rwsem *l, const struct site *site);
void rwsem_wake(struct rwsem *l);
bool await_slow(struct task *t, const struct word *w, uint64_t old, const struct site *site);

static inline uint64_t word_peek(const struct word *w)
{
	return atomic_load_explicit(&((struct word *)w)->value, memory_order_acquire);
}

static inline uint64_t word_load(const struct task *t, const struct word *w)
{
	(void)t;
	return word_peek(w);
}

static inline void word_store(struct task *t, struct word *w, uint64_t value)
{
	(void)t;
	atomic_store_explicit(&w->value, value, memory_order_release);
}

static inline void words_clear(struct task *t, struct word *first, size_t words)
{
	for (size_t i = 0; i < words; i++)
		word_store(t, &first[i], 0);
}

static inline uint64_t word_add(struct task *t, struct word *w, uint64_t delta)
{
	(void)t;
	return atomic_fetch_add_explicit(&w->value, delta, memory_order_seq_cst);
}

static inline uint64_t word_add_unless(struct task *t, struct word *w, uint64_t delta,
				       uint64_t unless)
{
	uint64_t old = atomic_load_explicit(&w->value, memory_order_relaxed);

	(void)t;
	while (old != unless &&
	       !atomic_compare_exchange_weak_explicit(&w->value, &old, old + delta,
						      memory_order_seq_cst, memory_order_relaxed))
		;
	return old;
}

static inline uint64_t word_or(struct task *t, struct word *w, uint64_t bits)
{
	(void)t;
	return atomic_fetch_or_explicit(&w->value, bits, memory_order_seq_cst);
}

static inline uint64_t word_replace(struct task *t, struct word *w, uint64_t old,
				    uint64_t new_value)
{
	(void)t;
	atomic_compare_exchange_strong_explicit(&w->value, &old, new_value, memory_order_seq_cst,
						memory_order_relaxed);
	return old;
}

/* As <stdatomic.h> calls @order, and what of it a load, or a store, can have. */
static __always_inline memory_order atomic_order(enum word_order order)
{
	return order == ORDER_RELAXED	? memory_order_relaxed
	       : order == ORDER_ACQUIRE ? memory_order_acquire
	       : order == ORDER_RELEASE ? memory_order_release
	       : order == ORDER_ACQ_REL ? memory_order_acq_rel
					: memory_order_seq_cst;
}

static __always_inline memory_order order_of_load(enum word_order order)
{
	return order == ORDER_RELAXED || order == ORDER_RELEASE	  ? memory_order_relaxed
	       : order == ORDER_ACQUIRE || order == ORDER_ACQ_REL ? memory_order_acquire
								  : memory_order_seq_cst;
}

static __always_inline memory_order order_of_store(enum word_order order)
{
	return order == ORDER_RELAXED || order == ORDER_ACQUIRE	  ? memory_order_relaxed
	       : order == ORDER_RELEASE || order == ORDER_ACQ_REL ? memory_order_release
								  : memory_order_seq_cst;
}

/* If the value stays as it is, to store it or not makes no difference to other tasks. */
static __always_inline uint64_t word_map_ordered(struct word *w, word_change change, uint64_t by,
						 enum word_order order)
{
	uint64_t old = atomic_load_explicit(&w->value, memory_order_relaxed);

	while (!atomic_compare_exchange_weak_explicit(&w->value, &old, change(old, by),
						      atomic_order(order), order_of_load(order)))
		;
	return old;
}

static __always_inline uint64_t word_map(struct task *t, struct word *w, word_change change,
					 uint64_t by)
{
	(void)t;
	return word_map_ordered(w, change, by, ORDER_SEQ_CST);
}

static inline uint64_t observe(struct task *t, uint64_t value)
{
	(void)t;
	return value;
}

static inline void point(struct task *t, enum point_kind kind, const struct word *w,
			 const struct site *site)
{
	(void)kind;
	(void)w;
	(void)site;
	if (unlikely(atomic_load_explicit(&t->attention, memory_order_relaxed)))
		task_leave(t);
}

static inline void point_range(struct task *t, enum point_kind kind, const struct word *w,
			       size_t words, const struct site *site)
{
	(void)words;
	point(t, kind, w, site);
}

static inline void point_lands_at_once(struct task *t)
{
	(void)t;
}

static inline void point_wrote_nothing(struct task *t)
{
	(void)t;
}

static __always_inline uint64_t word_read(struct task *t, struct word *w, enum word_order order,
					  const struct site *site)
{
	point(t, POINT_READ, w, site);
	return atomic_load_explicit(&w->value, order_of_load(order));
}

static __always_inline void word_write(struct task *t, struct word *w, uint64_t value,
				       enum word_order order, const struct site *site)
{
	point(t, POINT_WRITE, w, site);
	atomic_store_explicit(&w->value, value, order_of_store(order));
}

static __always_inline uint64_t word_update(struct task *t, struct word *w, word_change change,
					    uint64_t by, enum word_order order,
					    const struct site *site)
{
	point(t, POINT_RMW, w, site);
	return word_map_ordered(w, change, by, order);
}

static __always_inline uint64_t word_cas(struct task *t, struct word *w, uint64_t old,
					 uint64_t new_value, enum word_order order,
					 const struct site *site)
{
	point(t, POINT_RMW, w, site);
	atomic_compare_exchange_strong_explicit(&w->value, &old, new_value, atomic_order(order),
						order_of_load(order));
	return old;
}

static inline void word_point(struct task *t, enum point_kind kind, const struct word *w,
			      enum word_order order, const struct site *site)
{
	(void)order;
	point(t, kind, w, site);
}

static inline void fence(struct task *t, enum word_order order, const struct site *site)
{
	(void)t;
	(void)site;
	atomic_thread_fence(atomic_order(order));
}

static inline uint64_t task_holder(const struct task *t)
{
	return t->common.cpu + 1;
}

static inline void spin_lock_at(struct task *t, struct spinlock *l, const struct site *site)
{
	point(t, POINT_LOCK, &l->holder, site);
	if (unlikely(l->kind != SPIN_TTAS))
		spin_lock_other(t, l, site);
	else if (unlikely(word_replace(t, &l->holder, 0, task_holder(t)) != 0))
		spin_lock_slow(t, l, site);
	t->common.spin_depth++;
}

static inline void spin_unlock_at(struct task *t, struct spinlock *l, const struct site *site)
{
	if (likely(word_peek(&l->holder) == task_holder(t)))
		word_store(t, &l->holder, 0);
	else
		spin_unlock_other(t, l, site);
	t->common.spin_depth--;
}

static inline bool spin_held(const struct task *t, const struct spinlock *l)
{
	return (word_peek(&l->holder) & SPIN_HOLDER) == task_holder(t);
}

static inline struct word *spin_word(struct spinlock *l)
{
	return &l->holder;
}

#include "sleeping.h"

#define RWSEM_READER 1u

static inline void down_read_at(struct task *t, struct rwsem *l, const struct site *site)
{
	uint64_t state = word_peek(&l->state);

	might_sleep_at(t, site);
	point(t, POINT_LOCK, &l->state, site);
	if (unlikely(state > RWSEM_READERS ||
		     word_replace(t, &l->state, state, state + RWSEM_READER) != state))
		rwsem_read_slow(t, l, site);
	t->common.read_depth++;
}

static inline void up_read_at(struct task *t, struct rwsem *l, const struct site *site)
{
	if (unlikely(!t->common.read_depth || !(word_peek(&l->state) & RWSEM_READERS)))
		oops(t, LOCK_MISUSE, site, "cpu%u releases what it did not take for reading",
		     t->common.cpu + 1);
	t->common.read_depth--;
	word_add(t, &l->state, -(uint64_t)RWSEM_READER);
	if (unlikely(word_peek(&l->sleepers)))
		rwsem_wake(l);
	if (unlikely(t->lingers)) /* what it guarded is open to others now */
		task_perturb(t);
}

static inline void down_write_at(struct task *t, struct rwsem *l, const struct site *site)
{
	might_sleep_at(t, site);
	point(t, POINT_LOCK, &l->state, site);
	if (unlikely(word_replace(t, &l->state, 0, rwsem_writer(t)) != 0))
		rwsem_write_slow(t, l, site);
	t->common.sleep_depth++;
}

static inline void mutex_lock_at(struct task *t, struct mutex *l, const struct site *site)
{
	down_write_at(t, &l->sem, site);
}

static inline void up_write_at(struct task *t, struct rwsem *l, const struct site *site)
{
	if (unlikely((word_peek(&l->state) & RWSEM_WRITER) != rwsem_writer(t)))
		oops(t, LOCK_MISUSE, site, "released by cpu%u, which does not hold it",
		     t->common.cpu + 1);
	t->common.sleep_depth--;
	word_add(t, &l->state, -rwsem_writer(t));
	if (unlikely(word_peek(&l->sleepers)))
		rwsem_wake(l);
	if (unlikely(t->lingers)) /* what it guarded is open to others now */
		task_perturb(t);
}

static inline bool await_change_at(struct task *t, const struct word *w, uint64_t old,
				   const struct site *site)
{
	point(t, POINT_AWAIT, w, site);
	return likely(word_peek(w) != old) || await_slow(t, w, old, site);
}

static inline bool machine_runs_on(const struct task *t)
{
	(void)t;
	return false;
}

static inline void note_at(struct task *t, enum note_id id)
{
	t->notes_seen |= UINT64_C(1) << id;
	if (t->perturb != PERTURB_NONE)
		task_perturb(t);
}

#endif
