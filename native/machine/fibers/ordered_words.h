/* SPDX-License-Identifier: MIT */
/*
 * Accesses that are a point, too: machine_arch.h includes it behind words and points. Orders are
 * one here, unless there is a weak memory model: see weak.h.
 */
#ifndef DMTORTURE_ORDERED_WORDS_H
#define DMTORTURE_ORDERED_WORDS_H

static __always_inline uint64_t word_read(struct task *t, struct word *w, enum word_order order,
					  const struct site *site)
{
	word_point(t, POINT_READ, w, order, site);
	return observe(t, word_load(t, w));
}

static __always_inline void word_write(struct task *t, struct word *w, uint64_t value,
				       enum word_order order, const struct site *site)
{
	word_point(t, POINT_WRITE, w, order, site);
	word_store(t, w, value);
}

static inline void point_wrote_the_same(struct task *t)
{
	if (fibers_hot(t)->mode <= FIBERS_WEAK || t->listener)
		fibers_wrote_the_same(t);
}

/* The second half of a read-modify-write. One that changes nothing is a read. */
static __always_inline uint64_t word_finish(struct task *t, struct word *w, uint64_t old,
					    uint64_t value)
{
	if (value == old)
		point_wrote_the_same(t);
	else
		word_store(t, w, value);
	return old;
}

static __always_inline uint64_t word_update(struct task *t, struct word *w, word_change change,
					    uint64_t by, enum word_order order,
					    const struct site *site)
{
	uint64_t old;

	word_point(t, POINT_RMW, w, order, site);
	old = observe(t, word_load(t, w));
	return word_finish(t, w, old, change(old, by));
}

static __always_inline uint64_t word_cas(struct task *t, struct word *w, uint64_t old,
					 uint64_t new_value, enum word_order order,
					 const struct site *site)
{
	uint64_t found;

	weak_expects(t, old);
	word_point(t, POINT_RMW, w, order, site);
	found = observe(t, word_load(t, w));
	return word_finish(t, w, found, found == old ? new_value : found);
}

static inline void fence(struct task *t, enum word_order order, const struct site *site)
{
	if (unlikely(fibers_hot(t)->weakly))
		fibers_fence(t, order, site);
}

#endif
