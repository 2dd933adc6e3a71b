/* SPDX-License-Identifier: MIT */
/*
 * Atomics as gcc and clang call them with -fsanitize=thread. The names and types are the compilers'
 * ABI. See atomics.h for what orders what.
 */
#include "atomics.h"
#include "own_weak.h"
#include "state.h"

struct own_sync own_syncs[1 << OWN_SYNC_BITS];

/* Those of the execution, in the order of their first use. */
static struct {
	uint32_t execution, count;
	const struct own_sync *sync[1 << OWN_SYNC_BITS];
} in_use;

static inline void note_sync(const struct own_sync *sync)
{
	if (in_use.execution != own.execution)
		in_use.count = 0;
	in_use.execution = own.execution;
	in_use.sync[in_use.count++] = sync;
}

void own_sync_clocks(struct own_ranks *ranks)
{
	for (uint32_t i = 0; in_use.execution == own.execution && i < in_use.count; i++)
		own_ranks_meet(ranks, &in_use.sync[i]->clock);
}

uint64_t own_sync_state(const struct own_ranks *ranks)
{
	uint64_t hash = 0;

	for (uint32_t i = 0; in_use.execution == own.execution && i < in_use.count; i++) {
		const struct own_sync *sync = in_use.sync[i];
		uint64_t rank = own_rank_clock(ranks, &sync->clock);

		if (rank)
			hash += fibers_mix(sync->address, rank);
	}
	return hash;
}

own_clock *own_find_sync_clock(uintptr_t address)
{
	uint64_t at = own_sync_slot(address);

	for (uint32_t tries = 0; tries < 1 << OWN_SYNC_BITS; tries++, at++) {
		struct own_sync *sync = &own_syncs[at & ((1 << OWN_SYNC_BITS) - 1)];

		if (sync->execution == own.execution && sync->address == address)
			return &sync->clock;
		if (sync->execution != own.execution) {
			*sync = (struct own_sync){.address = address, .execution = own.execution};
			note_sync(sync);
			return &sync->clock;
		}
	}
	machine_bug("an execution synchronises by more than %u addresses", 1u << OWN_SYNC_BITS);
}

typedef unsigned __int128 wide;

static __always_inline wide after(enum own_update update, wide old, wide by)
{
	switch (update) {
	case OWN_SET:
		return by;
	case OWN_ADD:
		return old + by;
	case OWN_SUB:
		return old - by;
	case OWN_AND:
		return old & by;
	case OWN_OR:
		return old | by;
	case OWN_XOR:
		return old ^ by;
	default:
		return ~(old & by);
	}
}

/* The second half of a read-modify-write, which finds @changes. Returns whether to do it again. */
static __always_inline bool updates(struct word *w, uintptr_t address, unsigned int size, int order,
				    bool changes, uint64_t old, uint64_t value, uintptr_t pc)
{
	own_saw(w, old);
	if (changes) {
		own_updated(w, address, size, order, value, pc);
		return false;
	}
	point_wrote_nothing(own_me()->task);
	if (own_goes_round(w, pc, old))
		return true;
	own_order_load(address, order);
	own_shadow_quickly(address, size, OWN_IS_ATOMIC | OWN_WRITE, pc);
	return false;
}

/* The same of one that failed. */
static __always_inline bool fails(struct word *w, uintptr_t address, unsigned int size, int order,
				  uint64_t old, uintptr_t pc)
{
	own_saw(w, old);
	point_wrote_nothing(own_me()->task);
	if (own_goes_round(w, pc, old))
		return true;
	own_loaded(address, size, order, pc);
	return false;
}

/* NOLINTBEGIN(bugprone-macro-parentheses): types cannot stand in any */
#define LOAD(n, type)                                                                              \
	OWN_EXPORT type __tsan_atomic##n##_load(const volatile type *a, int order);                \
	OWN_EXPORT type __tsan_atomic##n##_load(const volatile type *a, int order)                 \
	{                                                                                          \
		uintptr_t pc = OWN_PC(), address = (uintptr_t)a;                                   \
		struct word *w;                                                                    \
		type value;                                                                        \
                                                                                                   \
		if (unlikely(!own.inside))                                                         \
			return *a;                                                                 \
		if (unlikely(own.memory))                                                          \
			return (type)own_weak_load(address, sizeof(type), order, pc);              \
		do {                                                                               \
			w = own_comes_to(POINT_READ, address, sizeof(type), pc);                   \
			value = *a;                                                                \
			own_saw(w, (uint64_t)value);                                               \
		} while (unlikely(own_goes_round(w, pc, (uint64_t)value)));                        \
		own_loaded(address, sizeof(type), order, pc);                                      \
		return value;                                                                      \
	}

#define STORE(n, type)                                                                             \
	OWN_EXPORT void __tsan_atomic##n##_store(volatile type *a, type value, int order);         \
	OWN_EXPORT void __tsan_atomic##n##_store(volatile type *a, type value, int order)          \
	{                                                                                          \
		uintptr_t pc = OWN_PC(), address = (uintptr_t)a;                                   \
		struct word *w;                                                                    \
		type old;                                                                          \
                                                                                                   \
		if (unlikely(own.inside && own.memory)) {                                          \
			own_weak_store(address, sizeof(type), (uint64_t)value, order, pc);         \
			return;                                                                    \
		}                                                                                  \
		if (likely(own.inside)) {                                                          \
			w = own_comes_to(POINT_WRITE, address, sizeof(type), pc);                  \
			old = *a;                                                                  \
			own_stored(w, address, sizeof(type), order, (uint64_t)old,                 \
				   (uint64_t)value, pc);                                           \
			if (old != value)                                                          \
				own_changed(w);                                                    \
		}                                                                                  \
		*a = value;                                                                        \
	}

#define UPDATE(n, type)                                                                            \
	static __always_inline type update##n(volatile type *a, type by, int order,                \
					      enum own_update update, uintptr_t pc)                \
	{                                                                                          \
		uintptr_t address = (uintptr_t)a;                                                  \
		struct word *w;                                                                    \
		type old, value;                                                                   \
                                                                                                   \
		if (unlikely(own.inside && own.memory))                                            \
			return (type)own_weak_update(address, sizeof(type), update, (uint64_t)by,  \
						     order, pc);                                   \
		do {                                                                               \
			w = likely(own.inside)                                                     \
				    ? own_comes_to(POINT_RMW, address, sizeof(type), pc)           \
				    : NULL;                                                        \
			old = *a;                                                                  \
			value = (type)after(update, old, by);                                      \
		} while (likely(w) && updates(w, address, sizeof(type), order, value != old,       \
					      (uint64_t)old, (uint64_t)value, pc));                \
		*a = value;                                                                        \
		return old;                                                                        \
	}

#define UPDATE_AS(n, type, name, how)                                                              \
	OWN_EXPORT type __tsan_atomic##n##_##name(volatile type *a, type by, int order);           \
	OWN_EXPORT type __tsan_atomic##n##_##name(volatile type *a, type by, int order)            \
	{                                                                                          \
		return update##n(a, by, order, how, OWN_PC());                                     \
	}

#define CAS(n, type)                                                                               \
	static __always_inline bool cas##n(volatile type *a, type *expected, type value,           \
					   int order, int failure, uintptr_t pc)                   \
	{                                                                                          \
		uintptr_t address = (uintptr_t)a;                                                  \
		struct word *w;                                                                    \
		bool again, equal;                                                                 \
		uint64_t found;                                                                    \
		type old;                                                                          \
                                                                                                   \
		if (unlikely(own.inside && own.memory)) {                                          \
			found = (uint64_t)*expected;                                               \
			equal = own_weak_cas(address, sizeof(type), &found, (uint64_t)value,       \
					     order, failure, pc);                                  \
			*expected = (type)found;                                                   \
			return equal;                                                              \
		}                                                                                  \
		do {                                                                               \
			w = likely(own.inside)                                                     \
				    ? own_comes_to(POINT_RMW, address, sizeof(type), pc)           \
				    : NULL;                                                        \
			old = *a;                                                                  \
			equal = old == *expected;                                                  \
			again = w &&                                                               \
				(equal ? updates(w, address, sizeof(type), order, value != old,    \
						 (uint64_t)old, (uint64_t)value, pc)               \
				       : fails(w, address, sizeof(type), failure, (uint64_t)old,   \
					       pc));                                               \
		} while (unlikely(again));                                                         \
		if (equal)                                                                         \
			*a = value;                                                                \
		else                                                                               \
			*expected = old;                                                           \
		return equal;                                                                      \
	}

#define CAS_AS(n, type, name)                                                                      \
	OWN_EXPORT int __tsan_atomic##n##_##name(volatile type *a, type *expected, type value,     \
						 int order, int failure);                          \
	OWN_EXPORT int __tsan_atomic##n##_##name(volatile type *a, type *expected, type value,     \
						 int order, int failure)                           \
	{                                                                                          \
		return cas##n(a, expected, value, order, failure, OWN_PC());                       \
	}

#define CAS_VALUE(n, type)                                                                         \
	OWN_EXPORT type __tsan_atomic##n##_compare_exchange_val(                                   \
		volatile type *a, type expected, type value, int order, int failure);              \
	OWN_EXPORT type __tsan_atomic##n##_compare_exchange_val(                                   \
		volatile type *a, type expected, type value, int order, int failure)               \
	{                                                                                          \
		cas##n(a, &expected, value, order, failure, OWN_PC());                             \
		return expected;                                                                   \
	}

/* NOLINTEND(bugprone-macro-parentheses) */
#define ATOMIC(n, type)                                                                            \
	LOAD(n, type)                                                                              \
	STORE(n, type)                                                                             \
	UPDATE(n, type)                                                                            \
	UPDATE_AS(n, type, exchange, OWN_SET)                                                      \
	UPDATE_AS(n, type, fetch_add, OWN_ADD)                                                     \
	UPDATE_AS(n, type, fetch_sub, OWN_SUB)                                                     \
	UPDATE_AS(n, type, fetch_and, OWN_AND)                                                     \
	UPDATE_AS(n, type, fetch_or, OWN_OR)                                                       \
	UPDATE_AS(n, type, fetch_xor, OWN_XOR)                                                     \
	UPDATE_AS(n, type, fetch_nand, OWN_NAND)                                                   \
	CAS(n, type)                                                                               \
	CAS_AS(n, type, compare_exchange_strong)                                                   \
	CAS_AS(n, type, compare_exchange_weak)                                                     \
	CAS_VALUE(n, type)

ATOMIC(8, uint8_t)
ATOMIC(16, uint16_t)
ATOMIC(32, uint32_t)
ATOMIC(64, uint64_t)
ATOMIC(128, wide)

OWN_EXPORT void __tsan_atomic_thread_fence(int order);
OWN_EXPORT void __tsan_atomic_thread_fence(int order)
{
	struct own_thread *me = own_me();

	if (unlikely(!own.inside))
		return;
	if (unlikely(own.memory)) {
		own_weak_fence(order, OWN_PC());
		return;
	}
	if (own_order_acquires(order))
		own_join(&me->clock, &me->to_acquire);
	if (own_order_releases(order)) {
		me->released = me->clock;
		me->has_released = true;
		own_tick();
	}
}

/* What it orders is a thread and its own signal handler. */
OWN_EXPORT void __tsan_atomic_signal_fence(int order);
OWN_EXPORT void __tsan_atomic_signal_fence(int order)
{
	(void)order;
}
