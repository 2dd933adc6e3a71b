/* SPDX-License-Identifier: MIT */
#include "ref_by_hand.h"

static inline void take(_Atomic uint32_t *lock)
{
	while (atomic_exchange_explicit(lock, 1, memory_order_acquire))
		while (atomic_load_explicit(lock, memory_order_relaxed))
			cpu_pause();
}

static inline void give(_Atomic uint32_t *lock)
{
	atomic_store_explicit(lock, 0, memory_order_release);
}

/* --- the variants: one get and one put each --- */

static inline void xadd_get(struct ref_hand *h)
{
	atomic_fetch_add(&h->object->count, 1);
}

/* kref_put(): the thread that drops the last would free it. */
static inline bool xadd_put(struct ref_hand *h)
{
	return atomic_fetch_sub(&h->object->count, 1) == 1;
}

/* atomic_add_unless(count, 1, 0): kref_get_unless_zero(). */
static inline void add_unless_get(struct ref_hand *h)
{
	uint64_t seen = atomic_load_explicit(&h->object->count, memory_order_relaxed);

	while (seen && !atomic_compare_exchange_weak(&h->object->count, &seen, seen + 1))
		;
}

/* Linux's _atomic_dec_and_lock(): no lock unless it may be the last. */
static inline bool dec_and_lock_put(struct ref_hand *h)
{
	uint64_t seen = atomic_load_explicit(&h->object->count, memory_order_relaxed);
	bool last;

	while (seen != 1)
		if (atomic_compare_exchange_weak(&h->object->count, &seen, seen - 1))
			return false;
	take(&h->shelf->lock);
	last = atomic_fetch_sub(&h->object->count, 1) == 1;
	give(&h->shelf->lock);
	return last;
}

static inline void lock_always_get(struct ref_hand *h)
{
	uint64_t count;

	take(&h->shelf->lock);
	count = atomic_load_explicit(&h->object->count, memory_order_relaxed);
	atomic_store_explicit(&h->object->count, count + 1, memory_order_relaxed);
	give(&h->shelf->lock);
}

static inline bool lock_always_put(struct ref_hand *h)
{
	uint64_t count;

	take(&h->shelf->lock);
	count = atomic_load_explicit(&h->object->count, memory_order_relaxed);
	atomic_store_explicit(&h->object->count, count - 1, memory_order_relaxed);
	give(&h->shelf->lock);
	return count == 1;
}

/* Patches 04 and 06 by hand: lock, find, take, unlock. */
static inline void dm_style_get(struct ref_hand *h)
{
	take(&h->shelf->lock);
	atomic_fetch_add(&h->shelf->slot[h->slot]->count, 1);
	give(&h->shelf->lock);
}

/* The core's own, on a device that the thread has a reference on: oracle and ledger included. */
static inline void dm_get_get(struct ref_hand *h)
{
	dm_get(&h->player->task, h->dm, h->md);
}

static inline bool dm_get_put(struct ref_hand *h)
{
	dm_put(&h->player->task, h->dm, h->md);
	return false;
}

/* The core's own, with the lookup by minor. */
static inline void dm_get_md_get(struct ref_hand *h)
{
	if (!dm_get_md(&h->player->task, h->dm, h->slot))
		machine_bug("refcount: minor %u is gone", h->slot);
}

static inline void go_on(struct ref_hand *h)
{
	h->slot = h->slot + 1 == h->slots ? 0 : h->slot + 1;
	h->object = h->shelf->slot[h->slot];
	h->md = h->mds[h->slot];
}

#define LOOP(name, get, put)                                                                       \
	static void name##_loop(struct member *member)                                             \
	{                                                                                          \
		struct ref_hand *h = member->own;                                                  \
		uint64_t pairs = 0;                                                                \
                                                                                                   \
		do {                                                                               \
			for (unsigned int i = 0; i < PAIRS_A_LOOK; i++) {                          \
				get(h);                                                            \
				if (put(h))                                                        \
					machine_bug("refcount: the last reference of " #name);     \
				if (unlikely(h->slots > 1))                                        \
					go_on(h);                                                  \
			}                                                                          \
			pairs += PAIRS_A_LOOK;                                                     \
		} while (!crew_stops(member));                                                     \
		member->ops = pairs;                                                               \
	}
/* Thread 0 makes an object of one reference and drops it, while the others get and put. */
#define LAST_LOOP(name, put)                                                                       \
	static void name##_last_loop(struct member *member)                                        \
	{                                                                                          \
		struct by_hand last;                                                               \
		struct ref_hand h = *(struct ref_hand *)member->own;                               \
		uint64_t ends = 0;                                                                 \
                                                                                                   \
		if (member->index) {                                                               \
			name##_loop(member);                                                       \
			return;                                                                    \
		}                                                                                  \
		h.object = &last;                                                                  \
		do {                                                                               \
			atomic_store_explicit(&last.count, 1, memory_order_relaxed);               \
			if (!put(&h))                                                              \
				machine_bug("refcount: a reference of " #name " is left");         \
			ends++;                                                                    \
		} while (!crew_stops(member));                                                     \
		member->ops = ends;                                                                \
	}
LOOP(xadd, xadd_get, xadd_put)
LOOP(add_unless, add_unless_get, xadd_put)
LOOP(dec_and_lock, xadd_get, dec_and_lock_put)
LOOP(lock_always, lock_always_get, lock_always_put)
LOOP(dm_style, dm_style_get, dec_and_lock_put)
LOOP(dm_get, dm_get_get, dm_get_put)
LOOP(dm_get_md, dm_get_md_get, dm_get_put)
LAST_LOOP(xadd, xadd_put)
LAST_LOOP(add_unless, xadd_put)
LAST_LOOP(dec_and_lock, dec_and_lock_put)
LAST_LOOP(lock_always, lock_always_put)
LAST_LOOP(dm_style, dec_and_lock_put)

const struct variant ref_by_hand[REF_BY_HAND] = {
	{"xadd", xadd_loop, xadd_last_loop, NULL},
	{"add_unless", add_unless_loop, add_unless_last_loop, NULL},
	{"dec_and_lock", dec_and_lock_loop, dec_and_lock_last_loop, NULL},
	{"lock_always", lock_always_loop, lock_always_last_loop, NULL},
	{"dm_style", dm_style_loop, dm_style_last_loop, NULL},
	{"dm_get, dm_put", dm_get_loop, NULL, NULL},
	{"dm_get_md, dm_put", dm_get_md_loop, NULL, NULL},
};
