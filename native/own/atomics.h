/* SPDX-License-Identifier: MIT */
/*
 * What every atomic access of the program does, whatever its size. Values are sequentially
 * consistent: real memory has the newest. What orders plain accesses goes by memory_order, as C11
 * says it: a release store sets the clock of its location, a relaxed one clears it, or sets what
 * the thread's last release fence was; a read-modify-write goes on with the release sequence; an
 * acquire load joins, a relaxed load joins at the next acquire fence. A read-modify-write that
 * changes nothing is a load: others cannot see whether it came before what they read or after it.
 */
#ifndef DMTORTURE_OWN_ATOMICS_H
#define DMTORTURE_OWN_ATOMICS_H

#include "shadow.h"

/* As the compilers number them; gcc adds hints above. */
enum own_order { OWN_RELAXED, OWN_CONSUME, OWN_ACQUIRE, OWN_RELEASE, OWN_ACQ_REL, OWN_SEQ_CST };
#define OWN_ORDER 0xffff

static inline bool own_order_acquires(int order)
{
	order &= OWN_ORDER;
	return (order != OWN_RELAXED && order != OWN_RELEASE) || own_options.orders_all;
}

static inline bool own_order_releases(int order)
{
	return (order & OWN_ORDER) >= OWN_RELEASE || own_options.orders_all;
}

/* The current thread loads from @address. */
static inline void own_order_load(uintptr_t address, int order)
{
	struct own_thread *me = own_me();

	if (own_order_acquires(order))
		own_acquire(address);
	else
		own_join(&me->to_acquire, own_sync_clock(address));
}

/* It stores there. */
static inline void own_order_store(uintptr_t address, int order)
{
	struct own_thread *me = own_me();
	own_clock *clock = own_sync_clock(address);

	if (own_order_releases(order)) {
		*clock = me->clock;
		own_tick();
	} else if (me->has_released) {
		*clock = me->released;
	} else {
		*clock = (own_clock){0};
	}
}

/* Both, with the look for races in between. */
static inline void own_order_update(uintptr_t address, int order, unsigned int size, uintptr_t pc)
{
	struct own_thread *me = own_me();
	own_clock *clock = own_sync_clock(address);

	own_join(own_order_acquires(order) ? &me->clock : &me->to_acquire, clock);
	own_shadow_quickly(address, size, OWN_IS_ATOMIC | OWN_WRITE, pc);
	if (own_order_releases(order)) {
		own_join(clock, &me->clock);
		own_tick();
	} else if (me->has_released) {
		own_join(clock, &me->released);
	}
}

/* The point of an atomic access of @size bytes. Returns its mirror. */
static __always_inline struct word *own_comes_to(enum point_kind kind, uintptr_t address,
						 unsigned int size, uintptr_t pc)
{
	struct word *w = own_word(address, size);

	own.callbacks++;
	own_tell_where(address, size);
	own_point_of_access(kind, w, own_site(pc));
	heap_touch(address, size, pc, kind != POINT_READ);
	return w;
}

/* Mirror @w shows that the access found @value. */
static inline void own_saw(struct word *w, uint64_t value)
{
	if (unlikely(word_peek(w) != value))
		own_settle(w, value);
	observe(own_me()->task, value);
}

/* An access that only loads, behind its point. */
static inline void own_loaded(uintptr_t address, unsigned int size, int order, uintptr_t pc)
{
	own_order_load(address, order);
	own_shadow_quickly(address, size, OWN_IS_ATOMIC, pc);
}

/* One that changes what it found, by @value, or leaves it as it is. */
static inline void own_updated(struct word *w, uintptr_t address, unsigned int size, int order,
			       uint64_t value, uintptr_t pc)
{
	own_order_update(address, order, size, pc);
	word_store(own_me()->task, w, value);
	own_changed(w);
}

/* A store, of what changes the value or not. */
static inline void own_stored(struct word *w, uintptr_t address, unsigned int size, int order,
			      uint64_t old, uint64_t value, uintptr_t pc)
{
	if (unlikely(word_peek(w) != old))
		own_settle(w, old);
	own_shadow_quickly(address, size, OWN_IS_ATOMIC | OWN_WRITE, pc);
	own_order_store(address, order);
	word_store(own_me()->task, w, value);
}

#endif
