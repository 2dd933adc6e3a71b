/* SPDX-License-Identifier: MIT */
/*
 * What a lock may ask for: atoms, links, and ways to wait. Locks are written once against this
 * contract; the include path picks the implementation. locks/threads is C11 atomics, and what is
 * measured; locks/fibers makes each access a point of the model and each turn of a spin loop an
 * await, so that the explorer checks the very same source.
 *
 * Every function takes `me`, the calling thread's way into the lock. The macros below add the
 * site that the model names an access by.
 *
 * In the model waiting is never a matter of time: relax() and rest() end when the atom changes,
 * delay() and a watch that ran out take no time at all.
 */
#ifndef DMTORTURE_ATOM_H
#define DMTORTURE_ATOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "likely.h"
#include "place.h"

#define LINE_BYTES 128 /* two cache lines: what the adjacent-line prefetcher takes along */

struct site;
struct task;
struct arrivals;
struct reached;
struct atom; /* 32 bits */
struct link; /* a pointer to a node, or any other that is aligned */
struct node; /* what a queue lock queues */

/* One thread's way into one lock. */
struct locker {
	struct node *node;  /* the node it queues with */
	struct node *ahead; /* CLH: the node it takes over on release */
	struct node *nodes; /* of all threads, by index; one more belongs to the lock */
	uint32_t index;
	uint32_t slot; /* Anderson: where it waits */
	uint64_t ticks_per_us;
	const _Atomic bool *over;  /* what it waits in is over: let others run; NULL: never */
	struct task *task;	   /* whose waits its machine has to see; NULL: a bare thread */
	struct arrivals *arrivals; /* the model's: in which order threads came; NULL: no matter */
	struct reached *reached;   /* the model's: which sites were come to; NULL: any */
} __attribute__((aligned(LINE_BYTES)));

/*
 * Accesses with the order that they have: ORDER_RELAXED, ORDER_ACQUIRE, ORDER_RELEASE,
 * ORDER_ACQ_REL or ORDER_SEQ_CST, a constant. A compare-and-swap that fails is a load: it acquires,
 * if the order does. These that change what they find return the value before.
 */
static inline void atom_init(struct atom *a, uint32_t value);
static inline uint32_t atom_load_at(struct locker *me, struct atom *a, enum word_order order,
				    const struct site *site);
static inline void atom_store_at(struct locker *me, struct atom *a, uint32_t value,
				 enum word_order order, const struct site *site);
/* Store the lowest 8, or 16, bits alone; a release. */
static inline void atom_store_byte_at(struct locker *me, struct atom *a, uint8_t value,
				      enum word_order order, const struct site *site);
static inline void atom_store_half_at(struct locker *me, struct atom *a, uint16_t value,
				      enum word_order order, const struct site *site);
static inline uint32_t atom_swap_at(struct locker *me, struct atom *a, uint32_t value,
				    enum word_order order, const struct site *site);
static inline uint32_t atom_add_at(struct locker *me, struct atom *a, uint32_t delta,
				   enum word_order order, const struct site *site);
static inline uint32_t atom_or_at(struct locker *me, struct atom *a, uint32_t bits,
				  enum word_order order, const struct site *site);
static inline uint32_t atom_and_at(struct locker *me, struct atom *a, uint32_t bits,
				   enum word_order order, const struct site *site);
static inline uint32_t atom_cas_at(struct locker *me, struct atom *a, uint32_t old, uint32_t value,
				   enum word_order order, const struct site *site);

static inline void link_init(struct link *l, void *pointer);
static inline void *link_load_at(struct locker *me, struct link *l, enum word_order order,
				 const struct site *site);
static inline void link_store_at(struct locker *me, struct link *l, void *pointer,
				 enum word_order order, const struct site *site);
static inline void *link_swap_at(struct locker *me, struct link *l, void *pointer,
				 enum word_order order, const struct site *site);
static inline void *link_cas_at(struct locker *me, struct link *l, void *old, void *pointer,
				enum word_order order, const struct site *site);

/* One turn of a spin loop that saw @seen: a pause. */
static inline void relax_at(struct locker *me, struct atom *a, uint32_t seen,
			    const struct site *site);
static inline void link_relax_at(struct locker *me, struct link *l, void *seen,
				 const struct site *site);
/* The same, and the CPU may go to somebody else: sched_yield(). */
static inline void rest_at(struct locker *me, struct atom *a, uint32_t seen,
			   const struct site *site);
/* Whether @us have gone by since *@since, which becomes now if it is 0; in the model: yes. */
static inline bool waited(struct locker *me, uint64_t *since, uint32_t us);
/* Spend @ns without looking at anything shared. */
static inline void delay(struct locker *me, uint32_t ns);
/* A fence: ORDER_ACQUIRE, ORDER_RELEASE or ORDER_SEQ_CST. */
static inline void atom_fence_at(struct locker *me, enum word_order order, const struct site *site);
/* Spin while *@a is @seen, for @ns at most. Returns what it holds then. */
static inline uint32_t atom_watch_at(struct locker *me, struct atom *a, uint32_t seen, uint32_t ns,
				     enum word_order order, const struct site *site);
/* Give the CPU away, whatever there is to wait for. */
static inline void yield_cpu(void);
/* How often to try in vain before going to sleep: @turns; in the model once is enough. */
static inline uint32_t patience(uint32_t turns);
/* Sleep if *@a is @seen until a wake. May return early. */
static inline void futex_wait_at(struct locker *me, struct atom *a, uint32_t seen,
				 const struct site *site);
/* Wake one sleeper. */
static inline void futex_wake_at(struct locker *me, struct atom *a, const struct site *site);
/*
 * The thread has passed the doorway of a lock that serves in order. To follow the access that
 * decides the order, with no other between.
 */
static inline void arrive(struct locker *me);

#include "atom_arch.h"

/* Padded, so that each waits on lines of its own. */
struct node {
	struct link link;
	struct atom state;
	struct link given; /* CNA: what comes with the lock */
} __attribute__((aligned(LINE_BYTES)));

/*
 * The site of an access has the order that the access has; see verify.h. A turn of a loop and a
 * system call have none that a lock could choose. Loads acquire, stores release, what changes what
 * it finds does both, except where the name says otherwise.
 */
#define ATOM_DO(verb, order, text, me, ...)                                                        \
	verb##_at((me), __VA_ARGS__, (order), ATOM_SITE((order), text))

#define atom_load(me, a) ATOM_DO(atom_load, ORDER_ACQUIRE, #a, me, a)
#define atom_load_relaxed(me, a) ATOM_DO(atom_load, ORDER_RELAXED, #a, me, a)
#define atom_load_full(me, a) ATOM_DO(atom_load, ORDER_SEQ_CST, #a, me, a)
#define atom_store(me, a, v) ATOM_DO(atom_store, ORDER_RELEASE, #a " = " #v, me, a, v)
#define atom_store_relaxed(me, a, v) ATOM_DO(atom_store, ORDER_RELAXED, #a " = " #v, me, a, v)
#define atom_store_full(me, a, v) ATOM_DO(atom_store, ORDER_SEQ_CST, #a " = " #v, me, a, v)
#define atom_store_byte(me, a, v)                                                                  \
	ATOM_DO(atom_store_byte, ORDER_RELEASE, #a " byte = " #v, me, a, v)
#define atom_store_half(me, a, v)                                                                  \
	ATOM_DO(atom_store_half, ORDER_RELEASE, #a " half = " #v, me, a, v)
#define atom_swap(me, a, v) ATOM_DO(atom_swap, ORDER_ACQ_REL, "swap(" #a ", " #v ")", me, a, v)
#define atom_swap_acquire(me, a, v)                                                                \
	ATOM_DO(atom_swap, ORDER_ACQUIRE, "swap(" #a ", " #v ")", me, a, v)
#define atom_add(me, a, v) ATOM_DO(atom_add, ORDER_ACQ_REL, "add(" #a ", " #v ")", me, a, v)
#define atom_add_relaxed(me, a, v) ATOM_DO(atom_add, ORDER_RELAXED, "add(" #a ", " #v ")", me, a, v)
#define atom_add_release(me, a, v) ATOM_DO(atom_add, ORDER_RELEASE, "add(" #a ", " #v ")", me, a, v)
#define atom_add_acquire(me, a, v) ATOM_DO(atom_add, ORDER_ACQUIRE, "add(" #a ", " #v ")", me, a, v)
#define atom_add_full(me, a, v) ATOM_DO(atom_add, ORDER_SEQ_CST, "add(" #a ", " #v ")", me, a, v)
#define atom_or(me, a, v) ATOM_DO(atom_or, ORDER_ACQ_REL, "or(" #a ", " #v ")", me, a, v)
#define atom_or_acquire(me, a, v) ATOM_DO(atom_or, ORDER_ACQUIRE, "or(" #a ", " #v ")", me, a, v)
#define atom_or_relaxed(me, a, v) ATOM_DO(atom_or, ORDER_RELAXED, "or(" #a ", " #v ")", me, a, v)
#define atom_and(me, a, v) ATOM_DO(atom_and, ORDER_ACQ_REL, "and(" #a ", " #v ")", me, a, v)
#define atom_and_relaxed(me, a, v) ATOM_DO(atom_and, ORDER_RELAXED, "and(" #a ", " #v ")", me, a, v)
#define atom_cas(me, a, o, v)                                                                      \
	ATOM_DO(atom_cas, ORDER_ACQ_REL, "cas(" #a ", " #o ", " #v ")", me, a, o, v)
#define atom_cas_acquire(me, a, o, v)                                                              \
	ATOM_DO(atom_cas, ORDER_ACQUIRE, "cas(" #a ", " #o ", " #v ")", me, a, o, v)
#define atom_cas_release(me, a, o, v)                                                              \
	ATOM_DO(atom_cas, ORDER_RELEASE, "cas(" #a ", " #o ", " #v ")", me, a, o, v)
#define atom_cas_full(me, a, o, v)                                                                 \
	ATOM_DO(atom_cas, ORDER_SEQ_CST, "cas(" #a ", " #o ", " #v ")", me, a, o, v)
#define atom_fence(me, order) atom_fence_at((me), (order), ATOM_SITE((order), "fence"))
#define link_load(me, l) ATOM_DO(link_load, ORDER_ACQUIRE, #l, me, l)
#define link_load_relaxed(me, l) ATOM_DO(link_load, ORDER_RELAXED, #l, me, l)
#define link_store(me, l, p) ATOM_DO(link_store, ORDER_RELEASE, #l " = " #p, me, l, p)
#define link_store_relaxed(me, l, p) ATOM_DO(link_store, ORDER_RELAXED, #l " = " #p, me, l, p)
#define link_swap(me, l, p) ATOM_DO(link_swap, ORDER_ACQ_REL, "swap(" #l ", " #p ")", me, l, p)
#define link_cas(me, l, o, p)                                                                      \
	ATOM_DO(link_cas, ORDER_ACQ_REL, "cas(" #l ", " #o ", " #p ")", me, l, o, p)
#define link_cas_acquire(me, l, o, p)                                                              \
	ATOM_DO(link_cas, ORDER_ACQUIRE, "cas(" #l ", " #o ", " #p ")", me, l, o, p)
#define link_cas_release(me, l, o, p)                                                              \
	ATOM_DO(link_cas, ORDER_RELEASE, "cas(" #l ", " #o ", " #p ")", me, l, o, p)
#define relax(me, a, seen) relax_at((me), (a), (seen), WAIT_SITE("wait for " #a))
#define link_relax(me, l, seen) link_relax_at((me), (l), (seen), WAIT_SITE("wait for " #l))
#define rest(me, a, seen) rest_at((me), (a), (seen), WAIT_SITE("wait for " #a))
#define atom_watch(me, a, seen, ns) ATOM_DO(atom_watch, ORDER_ACQUIRE, "watch " #a, me, a, seen, ns)
#define atom_watch_relaxed(me, a, seen, ns)                                                        \
	ATOM_DO(atom_watch, ORDER_RELAXED, "watch " #a, me, a, seen, ns)
#define futex_wait(me, a, seen)                                                                    \
	futex_wait_at((me), (a), (seen), WAIT_SITE("futex_wait(" #a ", " #seen ")"))
#define futex_wake(me, a) futex_wake_at((me), (a), WAIT_SITE("futex_wake(" #a ")"))

/* Load *@a into @v until @condition holds of it. */
#define spin_until(me, v, a, condition)                                                            \
	while ((v) = atom_load((me), (a)), unlikely(!(condition)))                                 \
	relax((me), (a), (v))
/* For a loop whose own end orders nothing: what comes behind it does. */
#define spin_until_relaxed(me, v, a, condition)                                                    \
	while ((v) = atom_load_relaxed((me), (a)), unlikely(!(condition)))                         \
	relax((me), (a), (v))
#define link_until(me, p, l, condition)                                                            \
	while ((p) = link_load((me), (l)), unlikely(!(condition)))                                 \
	link_relax((me), (l), (p))

#endif
