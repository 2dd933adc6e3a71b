/* SPDX-License-Identifier: MIT */
/*
 * The contract of atom.h as a model: each access is a point of the explorer, each turn of a spin
 * loop an await. A wait that nobody can end is a deadlock.
 */
#ifndef DMTORTURE_FIBERS_ATOM_ARCH_H
#define DMTORTURE_FIBERS_ATOM_ARCH_H

#include "machine.h"

#define ATOM_SITE(order, text) SITE_ORDERED(order, text)
#define ARRIVALS_MAX 16

/* @sleepers: the threads that sleep on it, bit n is the thread of index n. */
struct atom {
	struct word word;
	struct word sleepers;
};

struct link {
	struct word word;
};

/* The threads that passed the doorway, in order. */
struct arrivals {
	struct word came; /* how many */
	struct word order[ARRIVALS_MAX];
};

static inline void atom_init(struct atom *a, uint32_t value)
{
	a->word.value = value;
	a->sleepers.value = 0;
}

static inline uint64_t swapped(uint64_t value, uint64_t by)
{
	(void)value;
	return by;
}

static inline uint64_t added(uint64_t value, uint64_t by)
{
	return (uint32_t)(value + by);
}

static inline uint64_t ored(uint64_t value, uint64_t by)
{
	return value | by;
}

static inline uint64_t anded(uint64_t value, uint64_t by)
{
	return value & by;
}

static inline uint64_t without_lowest(uint64_t value, uint64_t by)
{
	(void)by;
	return value & (value - 1);
}

static inline void model_wait(struct locker *me, struct word *w, uint64_t seen,
			      const struct site *site)
{
	if (!await_change_at(me->task, w, seen, site))
		oops(me->task, DEADLOCK, site, "cpu%u spins, and nobody is left to end it",
		     me->index + 1);
}

static inline uint32_t atom_load_at(struct locker *me, struct atom *a, const struct site *site)
{
	return (uint32_t)word_read(me->task, &a->word, ORDER_ACQUIRE, site);
}

static inline uint32_t atom_load_relaxed_at(struct locker *me, struct atom *a,
					    const struct site *site)
{
	return (uint32_t)word_read(me->task, &a->word, ORDER_RELAXED, site);
}

static inline void atom_store_at(struct locker *me, struct atom *a, uint32_t value,
				 const struct site *site)
{
	word_write(me->task, &a->word, value, ORDER_RELEASE, site);
}

static inline void atom_store_relaxed_at(struct locker *me, struct atom *a, uint32_t value,
					 const struct site *site)
{
	word_write(me->task, &a->word, value, ORDER_RELAXED, site);
}

/* What the other bits hold has no say in what the thread does: not observed. */
static inline void atom_store_byte_at(struct locker *me, struct atom *a, uint8_t value,
				      const struct site *site)
{
	word_point(me->task, POINT_WRITE, &a->word, ORDER_RELEASE, site);
	word_store(me->task, &a->word, (word_peek(&a->word) & ~UINT64_C(0xff)) | value);
}

static inline void atom_store_half_at(struct locker *me, struct atom *a, uint16_t value,
				      const struct site *site)
{
	word_point(me->task, POINT_WRITE, &a->word, ORDER_RELEASE, site);
	word_store(me->task, &a->word, (word_peek(&a->word) & ~UINT64_C(0xffff)) | value);
}

static inline uint32_t atom_swap_at(struct locker *me, struct atom *a, uint32_t value,
				    const struct site *site)
{
	return (uint32_t)word_update(me->task, &a->word, swapped, value, ORDER_ACQ_REL, site);
}

static inline uint32_t atom_add_at(struct locker *me, struct atom *a, uint32_t delta,
				   const struct site *site)
{
	return (uint32_t)word_update(me->task, &a->word, added, delta, ORDER_ACQ_REL, site);
}

static inline uint32_t atom_or_at(struct locker *me, struct atom *a, uint32_t bits,
				  const struct site *site)
{
	return (uint32_t)word_update(me->task, &a->word, ored, bits, ORDER_ACQ_REL, site);
}

static inline uint32_t atom_and_at(struct locker *me, struct atom *a, uint32_t bits,
				   const struct site *site)
{
	return (uint32_t)word_update(me->task, &a->word, anded, bits, ORDER_ACQ_REL, site);
}

static inline uint32_t atom_cas_at(struct locker *me, struct atom *a, uint32_t old, uint32_t value,
				   const struct site *site)
{
	return (uint32_t)word_cas(me->task, &a->word, old, value, ORDER_ACQ_REL, site);
}

static inline void link_init(struct link *l, void *pointer)
{
	l->word.value = (uintptr_t)pointer;
}

static inline void *link_load_at(struct locker *me, struct link *l, const struct site *site)
{
	return (void *)(uintptr_t)word_read(me->task, &l->word, ORDER_ACQUIRE, site);
}

static inline void link_store_at(struct locker *me, struct link *l, void *pointer,
				 const struct site *site)
{
	word_write(me->task, &l->word, (uintptr_t)pointer, ORDER_RELEASE, site);
}

static inline void link_store_relaxed_at(struct locker *me, struct link *l, void *pointer,
					 const struct site *site)
{
	word_write(me->task, &l->word, (uintptr_t)pointer, ORDER_RELAXED, site);
}

static inline void *link_swap_at(struct locker *me, struct link *l, void *pointer,
				 const struct site *site)
{
	return (void *)(uintptr_t)word_update(me->task, &l->word, swapped, (uintptr_t)pointer,
					      ORDER_ACQ_REL, site);
}

static inline void *link_cas_at(struct locker *me, struct link *l, void *old, void *pointer,
				const struct site *site)
{
	return (void *)(uintptr_t)word_cas(me->task, &l->word, (uintptr_t)old, (uintptr_t)pointer,
					   ORDER_ACQ_REL, site);
}

static inline void relax_at(struct locker *me, struct atom *a, uint32_t seen,
			    const struct site *site)
{
	model_wait(me, &a->word, seen, site);
}

static inline void link_relax_at(struct locker *me, struct link *l, void *seen,
				 const struct site *site)
{
	model_wait(me, &l->word, (uintptr_t)seen, site);
}

static inline void rest_at(struct locker *me, struct atom *a, uint32_t seen,
			   const struct site *site)
{
	model_wait(me, &a->word, seen, site);
}

static inline void delay(struct locker *me, uint32_t ns)
{
	(void)me;
	(void)ns;
}

static inline uint32_t atom_watch_at(struct locker *me, struct atom *a, uint32_t seen, uint32_t ns,
				     const struct site *site)
{
	(void)seen;
	(void)ns;
	return atom_load_at(me, a, site);
}

static inline void yield_cpu(void)
{
}

static inline uint32_t patience(uint32_t turns)
{
	return turns != 0;
}

/* The look at the value and the step into the queue are one step, as under the kernel's lock. */
static inline void futex_wait_at(struct locker *me, struct atom *a, uint32_t seen,
				 const struct site *site)
{
	uint64_t bit = UINT64_C(1) << me->index, sleepers;

	point_range(me->task, POINT_RMW, &a->word, 2, site);
	if (observe(me->task, word_load(me->task, &a->word)) != seen) {
		point_wrote_nothing(me->task);
		return;
	}
	sleepers = observe(me->task, word_load(me->task, &a->sleepers)) | bit;
	word_store(me->task, &a->sleepers, sleepers);
	while (sleepers & bit) {
		model_wait(me, &a->sleepers, sleepers, site);
		sleepers = word_read(me->task, &a->sleepers, ORDER_SEQ_CST, site);
	}
}

/* The lowest of those who sleep; threads being alike, any one would do. */
static inline void futex_wake_at(struct locker *me, struct atom *a, const struct site *site)
{
	word_update(me->task, &a->sleepers, without_lowest, 0, ORDER_SEQ_CST, site);
}

static inline void arrive(struct locker *me)
{
	uint64_t came = word_peek(&me->arrivals->came);

	word_store(me->task, &me->arrivals->order[came % ARRIVALS_MAX], me->index);
	word_store(me->task, &me->arrivals->came, came + 1);
}

#endif
