/* SPDX-License-Identifier: MIT */
/*
 * A mutex of the program made of a lock of native/locks. Everything here is inlined into the
 * functions that lock_arch.h makes of each lock, so that `kind` and `counted` are constants.
 */
#ifndef DMTORTURE_PRELOAD_MUTEX_H
#define DMTORTURE_PRELOAD_MUTEX_H

#include <errno.h>

#include "atom.h"
#include "counting.h"
#include "libc_mutex.h"
#include "lock_ops.h"
#include "self.h"
#include "verbs.h"

/* How a lock that is all zero is taken if it is free: see preload.def. */
enum room_kind { ROOM_WORD, ROOM_TOKEN, ROOM_NUMBERS, ROOM_TAIL };

typedef void room_verb(void *lock, struct locker *me);

/* Ticks of a microsecond: measured once, when the first thread has to wait. */
uint64_t ticks_per_us(void);
/* Waits, and counts it. */
void take_counted(struct room *room, void (*take)(struct room *), struct self *s, const void *from,
		  uint64_t *since, uint32_t *timed);
/* What lock and trylock return where @s holds the mutex already; -1: it does not, go on. */
int take_again(struct own *o, const struct self *s, bool tries);

static __always_inline bool word_try(struct room *room)
{
	_Atomic uint32_t *word = (_Atomic uint32_t *)(void *)room->lock;
	uint32_t none = 0;

	return atomic_compare_exchange_strong_explicit(word, &none, 1, memory_order_acquire,
						       memory_order_relaxed);
}

struct numbers {
	uint32_t next, called;
};

static __always_inline bool numbers_try(struct room *room)
{
	_Atomic(struct numbers) *both = (_Atomic(struct numbers) *)(void *)room->lock;
	struct numbers seen = atomic_load_explicit(both, memory_order_relaxed), taken = seen;

	if (seen.next != seen.called)
		return false;
	taken.next++;
	if (!atomic_compare_exchange_strong_explicit(both, &seen, taken, memory_order_acquire,
						     memory_order_relaxed))
		return false;
	room->epoch = fork_epoch;
	return true;
}

static __always_inline bool tail_try(struct room *room)
{
	_Atomic(void *) *tail = (_Atomic(void *) *)(void *)room->lock;
	struct node *node;
	void *none = NULL;

	if (atomic_load_explicit(tail, memory_order_relaxed))
		return false;
	node = node_take(myself(), room);
	/* A node that is in no queue has no link. */
	atomic_store_explicit(&node->link.value, NULL, memory_order_relaxed);
	if (atomic_compare_exchange_strong_explicit(tail, &none, node, memory_order_acq_rel,
						    memory_order_relaxed)) {
		room->node = node;
		return true;
	}
	node_give(node);
	return false;
}

static __always_inline bool token_try(struct room *room)
{
	if (!word_try(room))
		return false;
	room->epoch = fork_epoch;
	return true;
}

static __always_inline bool room_try(struct room *room, enum room_kind kind)
{
	if (kind == ROOM_WORD)
		return word_try(room);
	if (kind == ROOM_TOKEN)
		return token_try(room);
	return kind == ROOM_NUMBERS ? numbers_try(room) : tail_try(room);
}

static __always_inline void room_take(struct room *room, enum room_kind kind, room_verb *acquire)
{
	struct self *s = myself();
	struct locker me = {.index = s->index, .ticks_per_us = ticks_per_us(), .over = &crowded};

	if (kind == ROOM_TAIL)
		me.node = node_take(s, room);
	acquire(room->lock, &me);
	if (kind == ROOM_TAIL)
		room->node = me.node;
	if (kind == ROOM_NUMBERS || kind == ROOM_TOKEN)
		room->epoch = fork_epoch;
}

/*
 * Held since before the fork that made this process: those that drew numbers meanwhile are not
 * there, so that theirs are never called.
 */
static __always_inline void forget_numbers(struct room *room)
{
	_Atomic(struct numbers) *both = (_Atomic(struct numbers) *)(void *)room->lock;
	struct numbers held = atomic_load_explicit(both, memory_order_relaxed);

	held.next = held.called + 1;
	atomic_store_explicit(both, held, memory_order_relaxed);
}

/* So with those that asked for the lock: no token is taken. */
static __always_inline void forget_asking(struct room *room)
{
	_Atomic uint32_t *word = (_Atomic uint32_t *)(void *)room->lock;

	atomic_store_explicit(&word[1], 0, memory_order_relaxed);
	atomic_store_explicit(&word[0], 1, memory_order_relaxed);
}

static __always_inline void room_give(struct room *room, enum room_kind kind, room_verb *release)
{
	struct locker me = {.over = &crowded};

	if (kind == ROOM_NUMBERS && unlikely(room->epoch != fork_epoch))
		forget_numbers(room);
	if (kind == ROOM_TOKEN && unlikely(room->epoch != fork_epoch))
		forget_asking(room);
	if (kind == ROOM_TAIL)
		me.node = room->node;
	/* The mutex may be freed by another thread as soon as this returns. */
	release(room->lock, &me);
	if (kind == ROOM_TAIL)
		node_give(me.node);
}

static __always_inline void now_owned(struct own *o, const struct self *s)
{
	atomic_store_explicit(&o->owner, s->index, memory_order_relaxed);
	o->depth = 1;
}

static __always_inline int mutex_lock(pthread_mutex_t *m, void *from, enum room_kind kind,
				      void (*take)(struct room *), bool counted)
{
	struct own *o = own_of(m);
	struct self *s;

	if (!is_ours(o))
		return libc_mutex_lock(m);
	s = counted ? counting_self() : myself();
	if (!is_plain(o)) {
		int again = take_again(o, s, false);

		if (again >= 0)
			return again;
	}
	if (likely(room_try(&o->room, kind))) {
		if (counted)
			note_acquired(s, from, &o->since, &o->timed);
	} else if (counted) {
		take_counted(&o->room, take, s, from, &o->since, &o->timed);
	} else {
		take(&o->room);
	}
	if (!is_plain(o))
		now_owned(o, s);
	return 0;
}

static __always_inline int mutex_trylock(pthread_mutex_t *m, void *from, enum room_kind kind,
					 bool counted)
{
	struct own *o = own_of(m);
	struct self *s;

	if (!is_ours(o))
		return libc_mutex_trylock(m);
	s = counted ? counting_self() : myself();
	if (!is_plain(o)) {
		int again = take_again(o, s, true);

		if (again >= 0)
			return again;
	}
	if (!room_try(&o->room, kind))
		return EBUSY;
	if (counted)
		note_acquired(s, from, &o->since, &o->timed);
	if (!is_plain(o))
		now_owned(o, s);
	return 0;
}

static __always_inline int mutex_unlock(pthread_mutex_t *m, void (*give)(struct room *),
					bool counted)
{
	struct own *o = own_of(m);

	if (!is_ours(o))
		return libc_mutex_unlock(m);
	if (!is_plain(o)) {
		if (atomic_load_explicit(&o->owner, memory_order_relaxed) != myself()->index)
			return EPERM;
		if (--o->depth)
			return 0;
		atomic_store_explicit(&o->owner, 0, memory_order_relaxed);
	}
	if (counted)
		note_released(o->since, o->timed);
	give(&o->room);
	return 0;
}

#endif
