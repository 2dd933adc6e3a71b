/* SPDX-License-Identifier: MIT */
/* A point, inline. Part of own.h. */
#ifndef DMTORTURE_OWN_STEP_H
#define DMTORTURE_OWN_STEP_H

#include "walk.h"

/* What own_point() does for all strategies. */
static inline void own_point_anyhow(enum point_kind kind, struct word *w, const struct site *site)
{
	uint32_t thread = own_leave();

	point(own.thread[thread].task, kind, w, site);
	if (own.current != thread) {
		own_return(thread);
		return;
	}
	own.quiet = 0;
	own.inside = true;
}

/*
 * A point on @w. Others may run; afterwards own.current is the caller again. A plain write that is
 * pending is finished first.
 */
static inline void own_point(enum point_kind kind, struct word *w, const struct site *site)
{
	own_point_anyhow(kind, w, site);
}

/*
 * The same of accesses, for what calls it most: a random walk goes on as it draws. Where that is
 * the current thread, it has nothing to keep.
 */
static __always_inline void own_point_of_access(enum point_kind kind, struct word *w,
						const struct site *site)
{
	uint32_t thread = own.current, next;
	struct own_thread *me = &own.thread[thread];
	struct fibers *f = me->task->fibers;

	if (unlikely(f->hot.mode != FIBERS_WALK || me->pending.word)) {
		own_point_anyhow(kind, w, site);
		return;
	}
	next = walk_draw_or_nobody(f);
	own.quiet = 0;
	if (next == thread)
		return;
	own_keep(me);
	own.inside = false;
	walk_give_way(f, thread, next);
	own.current = thread;
	own_give_back(&own.thread[thread]);
	own.quiet = 0;
	own.inside = true;
}

#endif
