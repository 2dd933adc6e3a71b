/* SPDX-License-Identifier: MIT */
/* What programs say to a weak memory model: machine_arch.h includes it behind its types. */
#ifndef DMTORTURE_WEAK_WORDS_H
#define DMTORTURE_WEAK_WORDS_H

/* See weak.h. */
void fibers_expect(struct task *t, uint64_t old);
void fibers_fence(struct task *t, enum word_order order, const struct site *site);
void fibers_say_partly(struct task *t);
void fibers_say_newest(struct task *t);
void fibers_say_lands(struct task *t);
void fibers_say_round(struct task *t);
void fibers_say_kernel(struct task *t, bool wakes);

/* The next access of @t is a compare-and-swap that writes only over @old. */
static inline void weak_expects(struct task *t, uint64_t old)
{
	if (unlikely(fibers_hot(t)->weakly))
		fibers_expect(t, old);
}

/* The next write of @t stores a part of the word: a read-modify-write that acquires nothing. */
static inline void weak_writes_partly(struct task *t)
{
	if (unlikely(fibers_hot(t)->weakly))
		fibers_say_partly(t);
}

/* The next access of @t takes part in a lock: it reads the newest value, acquires, and releases. */
static inline void weak_reads_newest(struct task *t)
{
	if (unlikely(fibers_hot(t)->weakly))
		fibers_say_newest(t);
}

static inline void point_lands_at_once(struct task *t)
{
	if (unlikely(fibers_hot(t)->weakly))
		fibers_say_lands(t);
}

/* The next access of @t is where a loop of it waits for a change, and nothing that a CPU does. */
static inline void weak_goes_round(struct task *t)
{
	if (unlikely(fibers_hot(t)->weakly))
		fibers_say_round(t);
}

/*
 * The next access or fence of @t is the kernel's, whose order no plan changes. @wakes: it is the
 * read-modify-write of futex_wake().
 */
static inline void weak_is_kernel(struct task *t, bool wakes)
{
	if (unlikely(fibers_hot(t)->weakly))
		fibers_say_kernel(t, wakes);
}

/* Whether @t runs in a weak memory model. */
static inline bool fibers_are_weak(const struct task *t)
{
	return unlikely(fibers_hot(t)->mode == FIBERS_WEAK);
}

#endif
