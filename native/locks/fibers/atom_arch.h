/* SPDX-License-Identifier: MIT */
/*
 * The contract of atom.h as a model: each access is a point of the explorer, each turn of a spin
 * loop an await. A wait that nobody can end is a deadlock.
 */
#ifndef DMTORTURE_FIBERS_ATOM_ARCH_H
#define DMTORTURE_FIBERS_ATOM_ARCH_H

#include "lock_sites.h"
#include "machine.h"
#include "weak.h"

/* Listed, so that sites that no execution comes to are known; see lock_sites.h. */
#define ATOM_SITE(order, text)                                                                     \
	__extension__({                                                                            \
		static const struct site site_ = SITE_HERE(0, 0, order, text);                     \
		static const struct listed_site listed_ LOCK_SITE = {&site_, __BASE_FILE__};       \
		&site_;                                                                            \
	})
#define WAIT_SITE(text) SITE(text)
#define ARRIVALS_MAX 16
#define REACHED_MAX 128 /* more than a lock has */

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

/* The sites of one lock that were come to, by their addresses: no words, since none goes away. */
struct reached {
	const struct site *site[REACHED_MAX];
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

/* The access of @site was executed. */
static inline void came_to(struct locker *me, const struct site *site)
{
	uintptr_t at = (uintptr_t)site / sizeof(struct site);

	if (!me->reached)
		return;
	while (me->reached->site[at % REACHED_MAX] != site) {
		if (!me->reached->site[at % REACHED_MAX]) {
			me->reached->site[at % REACHED_MAX] = site;
			return;
		}
		at++;
	}
}

static inline uint64_t read_word(struct locker *me, struct word *w, enum word_order order,
				 const struct site *site)
{
	uint64_t value = word_read(me->task, w, order, site);

	came_to(me, site);
	return value;
}

static inline void write_word(struct locker *me, struct word *w, uint64_t value,
			      enum word_order order, const struct site *site)
{
	word_write(me->task, w, value, order, site);
	came_to(me, site);
}

static __always_inline uint64_t update_word(struct locker *me, struct word *w, word_change change,
					    uint64_t by, enum word_order order,
					    const struct site *site)
{
	uint64_t old = word_update(me->task, w, change, by, order, site);

	came_to(me, site);
	return old;
}

static inline uint64_t cas_word(struct locker *me, struct word *w, uint64_t old, uint64_t new_value,
				enum word_order order, const struct site *site)
{
	uint64_t found = word_cas(me->task, w, old, new_value, order, site);

	came_to(me, site);
	return found;
}

/* Store the bits of @mask. What the others hold has no say in what the thread does: not observed.
 */
static inline void write_part(struct locker *me, struct word *w, uint64_t mask, uint64_t value,
			      enum word_order order, const struct site *site)
{
	weak_writes_partly(me->task);
	word_point(me->task, POINT_WRITE, w, order, site);
	word_store(me->task, w, (word_peek(w) & ~mask) | value);
	came_to(me, site);
}

static inline void model_wait(struct locker *me, struct word *w, uint64_t seen,
			      const struct site *site)
{
	if (!fibers_turn(me->task, w, seen, site))
		oops(me->task, DEADLOCK, site, "cpu%u spins, and nobody is left to end it",
		     me->index + 1);
}

static inline uint32_t atom_load_at(struct locker *me, struct atom *a, enum word_order order,
				    const struct site *site)
{
	return (uint32_t)read_word(me, &a->word, order, site);
}

static inline void atom_store_at(struct locker *me, struct atom *a, uint32_t value,
				 enum word_order order, const struct site *site)
{
	write_word(me, &a->word, value, order, site);
}

static inline void atom_store_byte_at(struct locker *me, struct atom *a, uint8_t value,
				      enum word_order order, const struct site *site)
{
	write_part(me, &a->word, UINT8_MAX, value, order, site);
}

static inline void atom_store_half_at(struct locker *me, struct atom *a, uint16_t value,
				      enum word_order order, const struct site *site)
{
	write_part(me, &a->word, UINT16_MAX, value, order, site);
}

static inline uint32_t atom_swap_at(struct locker *me, struct atom *a, uint32_t value,
				    enum word_order order, const struct site *site)
{
	return (uint32_t)update_word(me, &a->word, swapped, value, order, site);
}

static inline uint32_t atom_add_at(struct locker *me, struct atom *a, uint32_t delta,
				   enum word_order order, const struct site *site)
{
	return (uint32_t)update_word(me, &a->word, added, delta, order, site);
}

static inline uint32_t atom_or_at(struct locker *me, struct atom *a, uint32_t bits,
				  enum word_order order, const struct site *site)
{
	return (uint32_t)update_word(me, &a->word, ored, bits, order, site);
}

static inline uint32_t atom_and_at(struct locker *me, struct atom *a, uint32_t bits,
				   enum word_order order, const struct site *site)
{
	return (uint32_t)update_word(me, &a->word, anded, bits, order, site);
}

static inline uint32_t atom_cas_at(struct locker *me, struct atom *a, uint32_t old, uint32_t value,
				   enum word_order order, const struct site *site)
{
	return (uint32_t)cas_word(me, &a->word, old, value, order, site);
}

static inline void link_init(struct link *l, void *pointer)
{
	l->word.value = (uintptr_t)pointer;
}

static inline void *link_load_at(struct locker *me, struct link *l, enum word_order order,
				 const struct site *site)
{
	return (void *)(uintptr_t)read_word(me, &l->word, order, site);
}

static inline void link_store_at(struct locker *me, struct link *l, void *pointer,
				 enum word_order order, const struct site *site)
{
	write_word(me, &l->word, (uintptr_t)pointer, order, site);
}

static inline void *link_swap_at(struct locker *me, struct link *l, void *pointer,
				 enum word_order order, const struct site *site)
{
	return (void *)(uintptr_t)update_word(me, &l->word, swapped, (uintptr_t)pointer, order,
					      site);
}

static inline void *link_cas_at(struct locker *me, struct link *l, void *old, void *pointer,
				enum word_order order, const struct site *site)
{
	return (void *)(uintptr_t)cas_word(me, &l->word, (uintptr_t)old, (uintptr_t)pointer, order,
					   site);
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

static inline bool waited(struct locker *me, uint64_t *since, uint32_t us)
{
	(void)me;
	(void)since;
	(void)us;
	return true;
}

static inline void atom_fence_at(struct locker *me, enum word_order order, const struct site *site)
{
	fence(me->task, order, site);
	came_to(me, site);
}

static inline void delay(struct locker *me, uint32_t ns)
{
	(void)me;
	(void)ns;
}

static inline uint32_t atom_watch_at(struct locker *me, struct atom *a, uint32_t seen, uint32_t ns,
				     enum word_order order, const struct site *site)
{
	(void)seen;
	(void)ns;
	return atom_load_at(me, a, order, site);
}

static inline void yield_cpu(void)
{
}

static inline uint32_t patience(uint32_t turns)
{
	return turns != 0;
}

/* Asleep until somebody else has cleared the bit. */
static inline void weak_doze(struct locker *me, struct atom *a, uint64_t bit,
			     const struct site *site)
{
	uint64_t sleepers;

	for (;;) {
		weak_is_kernel(me->task, false);
		sleepers = word_read(me->task, &a->sleepers, ORDER_ACQUIRE, site);
		if (!(sleepers & bit))
			return;
		model_wait(me, &a->sleepers, sleepers, site);
	}
}

/* The look at the value and the step into the queue are one step, as under the kernel's lock. */
static inline void futex_wait_at(struct locker *me, struct atom *a, uint32_t seen,
				 const struct site *site)
{
	uint64_t bit = UINT64_C(1) << me->index, sleepers;

	if (fibers_are_weak(me->task)) {
		if (fibers_sleep(me->task, &a->word, &a->sleepers, seen, bit, site))
			weak_doze(me, a, bit, site);
		return;
	}
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
	/* A store, then a look for sleepers: only a fence between the two loses no wake-up. */
	weak_is_kernel(me->task, false);
	fence(me->task, ORDER_SEQ_CST, site);
	weak_is_kernel(me->task, true);
	word_update(me->task, &a->sleepers, without_lowest, 0, ORDER_ACQ_REL, site);
}

static inline void arrive(struct locker *me)
{
	uint64_t came;

	if (!me->arrivals)
		return;
	came = word_peek(&me->arrivals->came);
	word_store(me->task, &me->arrivals->order[came % ARRIVALS_MAX], me->index);
	word_store(me->task, &me->arrivals->came, came + 1);
}

#endif
