/* SPDX-License-Identifier: MIT */
/* Points of random walks: the next thread is drawn. Inline, since it is most of what a walk does.
 */
#ifndef DMTORTURE_WALK_H
#define DMTORTURE_WALK_H

#include "fibers.h"

/* Where drawing is not enough: somebody awaits a word, or nobody may go on. */
void fibers_walk_specially(struct fibers *f, uint32_t cpu);

static inline bool walk_may_draw(const struct fibers *f)
{
	return likely(f->steps < f->plain_until);
}

/* The next thread. Context: walk_may_draw(). */
static inline uint32_t walk_draw(struct fibers *f)
{
	uint32_t choice = f->candidate[fibers_draw(&f->dice, f->candidates)];

	f->schedule[f->steps++] = choice;
	return choice_chosen(choice);
}

/* The drawn thread; FIBERS_MAX: see walk_give_way(). */
static inline uint32_t walk_draw_or_nobody(struct fibers *f)
{
	return walk_may_draw(f) ? walk_draw(f) : FIBERS_MAX;
}

/* @cpu was not drawn, @next was, or FIBERS_MAX. Returns when it is @cpu's turn. */
static __always_inline void walk_give_way(struct fibers *f, uint32_t cpu, uint32_t next)
{
	if (unlikely(next == FIBERS_MAX))
		fibers_walk_specially(f, cpu);
	else
		stack_switch_here(&f->fiber[cpu].stack, &f->fiber[next].stack);
}

#endif
