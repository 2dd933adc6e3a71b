/* SPDX-License-Identifier: MIT */
/* A point, inline. Part of own.h. */
#ifndef DMTORTURE_OWN_STEP_H
#define DMTORTURE_OWN_STEP_H

#include "walk.h"

void own_keep_exceptions(struct own_thread *thread);
void own_give_exceptions_back(const struct own_thread *thread);

/* Before another thread runs, and when @thread runs again. */
static inline void own_keep(struct own_thread *thread)
{
	thread->saved_errno = *own_library.errno_at;
	if (unlikely(own_library.exceptions || own_library.once[0]))
		own_keep_exceptions(thread);
}

static inline void own_give_back(const struct own_thread *thread)
{
	*own_library.errno_at = thread->saved_errno;
	if (unlikely(own_library.exceptions || own_library.once[0]))
		own_give_exceptions_back(thread);
}

/* The plain write of @me that is pending is made. */
void own_finish_write(struct own_thread *me);

/* Before and after a call of sync.h or gates.h, which are points of their own. */
static __always_inline uint32_t own_leave(void)
{
	struct own_thread *me = own_me();

	if (unlikely(own.noting))
		own_note_stack(&own_stops[own.current]);
	if (unlikely(me->pending.word != NULL))
		own_finish_write(me);
	own_keep(me);
	own.inside = false;
	return own.current;
}

static inline void own_goes_on(uint32_t thread)
{
	own_runs(thread);
	own.quiet = own.quiet_from;
	own_give_back(own_me());
	own.inside = true;
}

static inline void own_return(uint32_t thread)
{
	own_wipe();
	own_goes_on(thread);
}

/* own_point(), of which a memory model knows all that it has to. */
static inline void own_point_as_said(enum point_kind kind, struct word *w, const struct site *site)
{
	uint32_t thread = own_leave();

	point(own.thread[thread].task, kind, w, site);
	if (unlikely(own.wipes))
		own_wipe();
	if (own.current != thread) {
		own_goes_on(thread);
		return;
	}
	own.quiet = own.quiet_from;
	own.inside = true;
}

/*
 * A point on @w. Others may run; afterwards own.current is the caller again. A plain write that is
 * pending is finished first. Under a weak memory model it hands on all that was done before it.
 */
static inline void own_point(enum point_kind kind, struct word *w, const struct site *site)
{
	if (unlikely(own.memory))
		weak_reads_newest(own_me()->task);
	own_point_as_said(kind, w, site);
}

/* The same of a release, at which no other thread runs. */
static inline void own_point_of_release(struct word *w, const struct site *site)
{
	struct own_thread *me = own_me();

	if (unlikely(me->pending.word != NULL))
		own_finish_write(me);
	own.inside = false;
	point(me->task, POINT_UNLOCK, w, site);
	own.quiet = own.quiet_from;
	own.inside = true;
}

/*
 * The same of accesses, for what calls it most: a random walk goes on as it draws. Where that is
 * the current thread, it has nothing to keep.
 */
static __always_inline void own_point_of_access(enum point_kind kind, struct word *w,
						const struct site *site)
{
	struct own_thread *me = own_me();
	struct fibers *f = me->task->fibers;
	uint32_t thread = own.current, next;

	if (unlikely(f->hot.mode != FIBERS_WALK || me->pending.word)) {
		own_point(kind, w, site);
		return;
	}
	next = walk_draw_or_nobody(f);
	own.quiet = own.quiet_from;
	if (next == thread)
		return;
	own_keep(me);
	own.inside = false;
	walk_give_way(f, thread, next);
	own_goes_on(thread);
}

#endif
