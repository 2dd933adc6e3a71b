/* SPDX-License-Identifier: MIT */
/* The contract of atom.h on threads: C11 atomics, pauses, and the futex. */
#ifndef DMTORTURE_THREADS_ATOM_ARCH_H
#define DMTORTURE_THREADS_ATOM_ARCH_H

#include <sched.h>
#include <stdatomic.h>

#include "park.h"
#include "task_wait.h"
#include "ticks.h"

#define ATOM_SITE(order, text) NULL
#define WAIT_SITE(text) NULL
#define WATCH_PAUSES 8 /* between two looks at the clock */

/* The parts are what qspinlock stores alone, as the kernel does. */
struct atom {
	union {
		_Atomic uint32_t value;
		_Atomic uint16_t half[2];
		_Atomic uint8_t byte[4];
	};
};

struct link {
	void *_Atomic value;
};

#define LOWEST (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)

/* Turns of a loop of @me's are over. */
static inline void turn(struct locker *me, unsigned int turns)
{
	if (unlikely(me->task != NULL))
		task_turn(me->task, turns);
	/*
	 * A crowd that waits in order comes to a stop one by one, and the thread that spins keeps
	 * the CPU from the next one. Not while anything is measured.
	 */
	if (unlikely(me->over != NULL && atomic_load_explicit(me->over, memory_order_relaxed)))
		sched_yield();
}

/* Constants all: a call of it leaves nothing behind. */
static __always_inline memory_order c11_order(enum word_order order)
{
	switch (order) {
	case ORDER_RELAXED:
		return memory_order_relaxed;
	case ORDER_ACQUIRE:
		return memory_order_acquire;
	case ORDER_RELEASE:
		return memory_order_release;
	case ORDER_ACQ_REL:
		return memory_order_acq_rel;
	default:
		return memory_order_seq_cst;
	}
}

/* The order of a compare-and-swap that changes nothing. */
static __always_inline memory_order c11_of_load(enum word_order order)
{
	switch (order) {
	case ORDER_RELAXED:
	case ORDER_RELEASE:
		return memory_order_relaxed;
	case ORDER_ACQUIRE:
	case ORDER_ACQ_REL:
		return memory_order_acquire;
	default:
		return memory_order_seq_cst;
	}
}

static inline void atom_init(struct atom *a, uint32_t value)
{
	atomic_init(&a->value, value);
}

static inline uint32_t atom_load_at(struct locker *me, struct atom *a, enum word_order order,
				    const struct site *site)
{
	(void)me;
	(void)site;
	return atomic_load_explicit(&a->value, c11_order(order));
}

static inline void atom_store_at(struct locker *me, struct atom *a, uint32_t value,
				 enum word_order order, const struct site *site)
{
	(void)me;
	(void)site;
	atomic_store_explicit(&a->value, value, c11_order(order));
}

static inline void atom_store_byte_at(struct locker *me, struct atom *a, uint8_t value,
				      enum word_order order, const struct site *site)
{
	(void)me;
	(void)site;
	atomic_store_explicit(&a->byte[LOWEST ? 3 : 0], value, c11_order(order));
}

static inline void atom_store_half_at(struct locker *me, struct atom *a, uint16_t value,
				      enum word_order order, const struct site *site)
{
	(void)me;
	(void)site;
	atomic_store_explicit(&a->half[LOWEST ? 1 : 0], value, c11_order(order));
}

static inline uint32_t atom_swap_at(struct locker *me, struct atom *a, uint32_t value,
				    enum word_order order, const struct site *site)
{
	(void)me;
	(void)site;
	return atomic_exchange_explicit(&a->value, value, c11_order(order));
}

static inline uint32_t atom_add_at(struct locker *me, struct atom *a, uint32_t delta,
				   enum word_order order, const struct site *site)
{
	(void)me;
	(void)site;
	return atomic_fetch_add_explicit(&a->value, delta, c11_order(order));
}

static inline uint32_t atom_or_at(struct locker *me, struct atom *a, uint32_t bits,
				  enum word_order order, const struct site *site)
{
	(void)me;
	(void)site;
	return atomic_fetch_or_explicit(&a->value, bits, c11_order(order));
}

static inline uint32_t atom_and_at(struct locker *me, struct atom *a, uint32_t bits,
				   enum word_order order, const struct site *site)
{
	(void)me;
	(void)site;
	return atomic_fetch_and_explicit(&a->value, bits, c11_order(order));
}

static inline uint32_t atom_cas_at(struct locker *me, struct atom *a, uint32_t old, uint32_t value,
				   enum word_order order, const struct site *site)
{
	(void)me;
	(void)site;
	atomic_compare_exchange_strong_explicit(&a->value, &old, value, c11_order(order),
						c11_of_load(order));
	return old;
}

static inline void link_init(struct link *l, void *pointer)
{
	atomic_init(&l->value, pointer);
}

static inline void *link_load_at(struct locker *me, struct link *l, enum word_order order,
				 const struct site *site)
{
	(void)me;
	(void)site;
	return atomic_load_explicit(&l->value, c11_order(order));
}

static inline void link_store_at(struct locker *me, struct link *l, void *pointer,
				 enum word_order order, const struct site *site)
{
	(void)me;
	(void)site;
	atomic_store_explicit(&l->value, pointer, c11_order(order));
}

static inline void *link_swap_at(struct locker *me, struct link *l, void *pointer,
				 enum word_order order, const struct site *site)
{
	(void)me;
	(void)site;
	return atomic_exchange_explicit(&l->value, pointer, c11_order(order));
}

static inline void *link_cas_at(struct locker *me, struct link *l, void *old, void *pointer,
				enum word_order order, const struct site *site)
{
	(void)me;
	(void)site;
	atomic_compare_exchange_strong_explicit(&l->value, &old, pointer, c11_order(order),
						c11_of_load(order));
	return old;
}

static inline void relax_at(struct locker *me, struct atom *a, uint32_t seen,
			    const struct site *site)
{
	(void)a;
	(void)seen;
	(void)site;
	cpu_pause();
	turn(me, 1);
}

static inline void link_relax_at(struct locker *me, struct link *l, void *seen,
				 const struct site *site)
{
	(void)l;
	(void)seen;
	(void)site;
	cpu_pause();
	turn(me, 1);
}

static inline void rest_at(struct locker *me, struct atom *a, uint32_t seen,
			   const struct site *site)
{
	(void)a;
	(void)seen;
	(void)site;
	sched_yield();
	turn(me, TURNS_OF_A_YIELD);
}

static inline bool waited(struct locker *me, uint64_t *since, uint32_t us)
{
	uint64_t now = ticks();

	if (!*since)
		*since = now;
	return now - *since > us * me->ticks_per_us;
}

static inline void atom_fence_at(struct locker *me, enum word_order order, const struct site *site)
{
	(void)me;
	(void)site;
	atomic_thread_fence(c11_order(order));
}

static inline void delay(struct locker *me, uint32_t ns)
{
	uint64_t began = ticks(), wanted = ns * me->ticks_per_us / 1000;

	do
		cpu_pause();
	while (ticks() - began < wanted);
}

static inline uint32_t atom_watch_at(struct locker *me, struct atom *a, uint32_t seen, uint32_t ns,
				     enum word_order order, const struct site *site)
{
	uint64_t began = ticks(), wanted = ns * me->ticks_per_us / 1000;
	uint32_t value;

	do {
		for (unsigned int i = 0; i < WATCH_PAUSES; i++) {
			value = atom_load_at(me, a, order, site);
			if (value != seen)
				return value;
			cpu_pause();
		}
	} while (ticks() - began < wanted);
	return seen;
}

static inline void yield_cpu(void)
{
	sched_yield();
}

static inline uint32_t patience(uint32_t turns)
{
	return turns;
}

static inline void futex_wait_at(struct locker *me, struct atom *a, uint32_t seen,
				 const struct site *site)
{
	(void)site;
	if (unlikely(me->task != NULL))
		task_sleep(me->task, &a->value, seen);
	else
		park_on(&a->value, seen, 0);
}

static inline void futex_wake_at(struct locker *me, struct atom *a, const struct site *site)
{
	(void)me;
	(void)site;
	unpark_one(&a->value);
}

static inline void arrive(struct locker *me)
{
	(void)me;
}

#endif
