/* SPDX-License-Identifier: MIT */
/*
 * The contract that dmtorture's locks are written on (native/locks/atom.h), on C11 atomics alone:
 * `npx dmtorture verify ./my_lock.c` compiles a lock of your own with it.
 *
 *	#include <dmtorture/atom.h>
 *
 *	struct my {
 *		struct atom taken;
 *	};
 *
 *	static void my_make(void *lock, struct node *nodes, uint32_t threads) { ... }
 *	static inline void my_acquire(void *lock, struct locker *me) { ... }
 *	static inline void my_release(void *lock, struct locker *me) { ... }
 *
 *	DEFINE_LOCK(my, sizeof(struct my));
 *
 * Loads acquire, stores release, read-modify-writes do both, except where the name says relaxed.
 * Waiting is never a matter of time: delay() spends none, and a watch looks once.
 */
#ifndef DMTORTURE_ATOM_H
#define DMTORTURE_ATOM_H

#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef likely
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#endif

#define LINE_BYTES 128

struct atom {
	_Atomic uint32_t value;
};

struct link {
	_Atomic(void *) value;
};

struct node {
	struct link link;
	struct atom state;
} __attribute__((aligned(LINE_BYTES)));

/* One thread's way into the lock. */
struct locker {
	struct node *node;  /* the node it queues with */
	struct node *ahead; /* CLH: the node it takes over on release */
	struct node *nodes; /* of all threads, by index; one more belongs to the lock */
	uint32_t index;
	uint32_t slot; /* Anderson: where it waits */
	uint64_t ticks_per_us;
};

#define ATOM_RELAXED memory_order_relaxed
#define ATOM_ACQUIRE memory_order_acquire
#define ATOM_BOTH memory_order_acq_rel

#define atom_init(a, v) atomic_init(&(a)->value, (v))
#define atom_load(me, a) ((void)(me), atomic_load_explicit(&(a)->value, memory_order_acquire))
#define atom_load_relaxed(me, a) ((void)(me), atomic_load_explicit(&(a)->value, ATOM_RELAXED))
#define atom_store(me, a, v)                                                                       \
	((void)(me), atomic_store_explicit(&(a)->value, (v), memory_order_release))
#define atom_store_relaxed(me, a, v)                                                               \
	((void)(me), atomic_store_explicit(&(a)->value, (v), ATOM_RELAXED))
#define atom_swap(me, a, v) ((void)(me), atomic_exchange_explicit(&(a)->value, (v), ATOM_BOTH))
#define atom_swap_acquire(me, a, v)                                                                \
	((void)(me), atomic_exchange_explicit(&(a)->value, (v), ATOM_ACQUIRE))
#define atom_add(me, a, v) ((void)(me), atomic_fetch_add_explicit(&(a)->value, (v), ATOM_BOTH))
#define atom_add_relaxed(me, a, v)                                                                 \
	((void)(me), atomic_fetch_add_explicit(&(a)->value, (v), ATOM_RELAXED))
#define atom_or(me, a, v) ((void)(me), atomic_fetch_or_explicit(&(a)->value, (v), ATOM_BOTH))
#define atom_and(me, a, v) ((void)(me), atomic_fetch_and_explicit(&(a)->value, (v), ATOM_BOTH))
#define atom_cas(me, a, o, v) ((void)(me), atom_cas_of(&(a)->value, (o), (v)))
/* The lowest bits alone. The word is changed as a whole: C11 has no atomic of two sizes. */
#define atom_store_byte(me, a, v) ((void)(me), atom_store_bits(&(a)->value, 0xffu, (v)))
#define atom_store_half(me, a, v) ((void)(me), atom_store_bits(&(a)->value, 0xffffu, (v)))

#define link_init(l, p) atomic_init(&(l)->value, (void *)(p))
#define link_load(me, l) ((void)(me), atomic_load_explicit(&(l)->value, memory_order_acquire))
#define link_store(me, l, p)                                                                       \
	((void)(me), atomic_store_explicit(&(l)->value, (void *)(p), memory_order_release))
#define link_store_relaxed(me, l, p)                                                               \
	((void)(me), atomic_store_explicit(&(l)->value, (void *)(p), ATOM_RELAXED))
#define link_swap(me, l, p)                                                                        \
	((void)(me), atomic_exchange_explicit(&(l)->value, (void *)(p), ATOM_BOTH))
#define link_cas(me, l, o, p) ((void)(me), link_cas_of(&(l)->value, (void *)(o), (void *)(p)))
#define link_cas_release(me, l, o, p)                                                              \
	((void)(me), link_cas_release_of(&(l)->value, (void *)(o), (void *)(p)))

#define relax(me, a, seen) ((void)(me), (void)(seen))
#define link_relax(me, l, seen) ((void)(me), (void)(seen))
#define rest(me, a, seen) ((void)(me), (void)(seen), sched_yield())
#define delay(me, ns) ((void)(me), (void)(ns))
#define atom_watch(me, a, seen, ns) ((void)(seen), (void)(ns), atom_load((me), (a)))
#define atom_watch_relaxed(me, a, seen, ns) ((void)(seen), (void)(ns), atom_load_relaxed((me), (a)))
#define yield_cpu() sched_yield()
#define patience(turns) ((void)(turns), 1u)
#define arrive(me) ((void)(me))

/* Load *@a into @v until @condition holds of it. */
#define spin_until(me, v, a, condition)                                                            \
	while ((v) = atom_load((me), (a)), unlikely(!(condition)))                                 \
	relax((me), (a), (v))
#define spin_until_relaxed(me, v, a, condition)                                                    \
	while ((v) = atom_load_relaxed((me), (a)), unlikely(!(condition)))                         \
	relax((me), (a), (v))
#define link_until(me, p, l, condition)                                                            \
	while ((p) = link_load((me), (l)), unlikely(!(condition)))                                 \
	link_relax((me), (l), (p))

static inline uint32_t atom_cas_of(_Atomic uint32_t *value, uint32_t old, uint32_t next)
{
	atomic_compare_exchange_strong_explicit(value, &old, next, ATOM_BOTH, memory_order_acquire);
	return old;
}

static inline void *link_cas_of(_Atomic(void *) *value, void *old, void *next)
{
	atomic_compare_exchange_strong_explicit(value, &old, next, ATOM_BOTH, memory_order_acquire);
	return old;
}

static inline void *link_cas_release_of(_Atomic(void *) *value, void *old, void *next)
{
	atomic_compare_exchange_strong_explicit(value, &old, next, memory_order_release,
						ATOM_RELAXED);
	return old;
}

static inline void atom_store_bits(_Atomic uint32_t *value, uint32_t mask, uint32_t bits)
{
	uint32_t old = atomic_load_explicit(value, ATOM_RELAXED);

	while (!atomic_compare_exchange_strong_explicit(value, &old, (old & ~mask) | bits,
							memory_order_release, ATOM_RELAXED))
		;
}

static inline void node_init(struct node *node)
{
	link_init(&node->link, NULL);
	atom_init(&node->state, 0);
}

/* What a file on atom.h gives: dmtorture_verify.c calls it. */
struct dmtorture_lock {
	size_t bytes;
	void (*make)(void *lock, struct node *nodes, uint32_t threads);
	void (*acquire)(void *lock, struct locker *me);
	void (*release)(void *lock, struct locker *me);
};

#define DEFINE_LOCK(name, size)                                                                    \
	static const struct dmtorture_lock dmtorture_lock = {(size), name##_make, name##_acquire,  \
							     name##_release}

#endif
