/* SPDX-License-Identifier: MIT */
/*
 * The measuring loop, once for every lock, with acquire and release inlined. Three kinds of
 * window, since looking costs:
 *   SPEED  acquire, hold, release, work outside: nothing else
 *   BOOKS  and which thread had the lock before: handoffs, lengths of runs; not of readers
 *   WAITS  and how long each acquire took
 */
#ifndef DMTORTURE_BENCH_LOOP_H
#define DMTORTURE_BENCH_LOOP_H

#include "atom.h"
#include "crew.h"
#include "histogram.h"
#include "lock_ops.h"

#define RUN_POWERS 32
#define NO_OWNER UINT32_MAX

enum look { LOOK_SPEED, LOOK_BOOKS, LOOK_WAITS };

/*
 * What the lock guards: which thread had it last, and how often in a row. Atomics, so that a lock
 * that excludes nobody causes no undefined behaviour; relaxed, so that they cost nothing.
 */
struct guarded {
	_Atomic uint32_t owner;
	_Atomic uint64_t run;
} __attribute__((aligned(LINE_BYTES)));

/* How long acquires took, in ticks. */
struct waits {
	struct histogram histogram;
	uint64_t longest;
};

/* What one thread notes down, summed over windows. */
struct looks {
	uint64_t acquired; /* in BOOKS windows */
	uint64_t handoffs;
	uint64_t run[RUN_POWERS]; /* by power of two of the length */
	struct waits waits;	  /* of a reader-writer lock: of readers */
	struct waits write_waits;
	uint64_t reads, rereads; /* in WAITS windows: those that a writer came between again */
	uint64_t from[];	 /* by thread: handoffs from it to this one */
} __attribute__((aligned(LINE_BYTES)));

/* One window, the same for all threads; the crew's context. */
struct lock_window {
	enum look look;
	void *lock;
	const struct lock_ops *ops; /* of the lock: what lock_loop_by_pointer() calls */
	struct guarded *guarded;
	uint64_t hold_loops, outside_loops;
	uint64_t read_share; /* of a reader-writer lock: of 2^32 acquisitions, those of a reader */
	uint64_t stall_at;   /* WAITS: before this acquisition of thread 0's ends ... */
	uint64_t stall_ns;   /* ... it sleeps so long with the lock held; 0: never */
};

/* What a member of the crew owns here. */
struct hand {
	struct locker locker;
	struct looks *looks;
	uint64_t draws; /* what it draws reads and writes from */
};

/* The holder's entry in the books. */
static inline void note_owner(struct guarded *guarded, struct looks *looks, uint32_t index)
{
	uint32_t before = atomic_load_explicit(&guarded->owner, memory_order_relaxed);
	uint64_t run = atomic_load_explicit(&guarded->run, memory_order_relaxed);

	looks->acquired++;
	if (before == index) {
		atomic_store_explicit(&guarded->run, run + 1, memory_order_relaxed);
		return;
	}
	atomic_store_explicit(&guarded->owner, index, memory_order_relaxed);
	atomic_store_explicit(&guarded->run, 1, memory_order_relaxed);
	if (before == NO_OWNER)
		return;
	looks->handoffs++;
	looks->from[before]++;
	looks->run[(63 - (uint32_t)__builtin_clzll(run | 1)) % RUN_POWERS]++;
}

static inline void note_wait(struct waits *waits, uint64_t waited)
{
	histogram_add(&waits->histogram, waited);
	if (waited > waits->longest)
		waits->longest = waited;
}

/* @percent of the acquisitions as a share of 2^32. */
static inline uint64_t read_share_of(uint32_t percent)
{
	return ((uint64_t)percent << 32) / 100;
}

/* Whether the thread reads next: drawn, the same for every lock. Knuth, MMIX. */
static inline bool draws_read(struct hand *hand, uint64_t read_share)
{
	hand->draws = hand->draws * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return hand->draws >> 32 < read_share;
}

void stall(uint64_t ns);

/* A lock's function as a constant, so that it is inlined. */
typedef void lock_verb(void *lock, struct locker *me);

static inline __attribute__((always_inline)) void lock_loop_as(struct member *member,
							       lock_verb *acquire,
							       lock_verb *release, bool takes_node,
							       enum look look)
{
	const struct lock_window *w = (const struct lock_window *)member->crew->context;
	const _Atomic bool *stop = &member->crew->stop;
	struct hand *hand = (struct hand *)member->own;
	struct locker *me = &hand->locker;
	struct locker *who = takes_node ? (struct locker *)(void *)me->node : me;
	uint64_t hold = w->hold_loops, outside = w->outside_loops, ops = 0, before = 0;
	void *lock = w->lock;

	/* Once at least, so that there is a figure even of a window that others had. */
	do {
		if (look == LOOK_WAITS)
			before = ticks();
		acquire(lock, who);
		if (look == LOOK_WAITS)
			note_wait(&hand->looks->waits, ticks() - before);
		if (look == LOOK_BOOKS)
			note_owner(w->guarded, hand->looks, me->index);
		work(hold);
		if (look == LOOK_WAITS && w->stall_ns && ops == w->stall_at && !me->index)
			stall(w->stall_ns);
		release(lock, who);
		ops++;
		work(outside);
	} while (!atomic_load_explicit(stop, memory_order_relaxed));
	member->ops = ops;
}

static inline __attribute__((always_inline)) void
lock_loop_of(struct member *member, lock_verb *acquire, lock_verb *release, bool takes_node)
{
	const struct lock_window *w = (const struct lock_window *)member->crew->context;

	if (w->look == LOOK_SPEED)
		lock_loop_as(member, acquire, release, takes_node, LOOK_SPEED);
	else if (w->look == LOOK_BOOKS)
		lock_loop_as(member, acquire, release, takes_node, LOOK_BOOKS);
	else
		lock_loop_as(member, acquire, release, takes_node, LOOK_WAITS);
}

/* A reader-writer lock's function that ends a read, as a constant. */
typedef bool read_verb(void *lock, struct locker *me);

/* A read that has to be made again waited until it began for the last time. */
static inline __attribute__((always_inline)) void read_as(const struct lock_window *w,
							  struct hand *hand,
							  lock_verb *read_acquire,
							  read_verb *read_release, enum look look)
{
	uint64_t before = look == LOOK_WAITS ? ticks() : 0, waited = 0, tries = 0;

	do {
		read_acquire(w->lock, &hand->locker);
		if (look == LOOK_WAITS)
			waited = ticks() - before;
		work(w->hold_loops);
		tries++;
	} while (read_release(w->lock, &hand->locker));
	if (look != LOOK_WAITS)
		return;
	note_wait(&hand->looks->waits, waited);
	hand->looks->reads++;
	hand->looks->rereads += tries - 1;
}

static inline __attribute__((always_inline)) void write_as(const struct lock_window *w,
							   struct hand *hand, lock_verb *acquire,
							   lock_verb *release, enum look look)
{
	uint64_t before = look == LOOK_WAITS ? ticks() : 0;

	acquire(w->lock, &hand->locker);
	if (look == LOOK_WAITS)
		note_wait(&hand->looks->write_waits, ticks() - before);
	work(w->hold_loops);
	release(w->lock, &hand->locker);
}

static inline __attribute__((always_inline)) void
rwlock_loop_as(struct member *member, lock_verb *read_acquire, read_verb *read_release,
	       lock_verb *acquire, lock_verb *release, enum look look)
{
	const struct lock_window *w = (const struct lock_window *)member->crew->context;
	const _Atomic bool *stop = &member->crew->stop;
	struct hand *hand = (struct hand *)member->own;
	uint64_t ops = 0, outside = w->outside_loops, share = w->read_share;

	do {
		if (draws_read(hand, share))
			read_as(w, hand, read_acquire, read_release, look);
		else
			write_as(w, hand, acquire, release, look);
		ops++;
		work(outside);
	} while (!atomic_load_explicit(stop, memory_order_relaxed));
	member->ops = ops;
}

/* There are no BOOKS windows here: several have it at once. */
static inline __attribute__((always_inline)) void
rwlock_loop(struct member *member, lock_verb *read_acquire, read_verb *read_release,
	    lock_verb *acquire, lock_verb *release)
{
	const struct lock_window *w = (const struct lock_window *)member->crew->context;

	if (w->look == LOOK_WAITS)
		rwlock_loop_as(member, read_acquire, read_release, acquire, release, LOOK_WAITS);
	else
		rwlock_loop_as(member, read_acquire, read_release, acquire, release, LOOK_SPEED);
}

static inline __attribute__((always_inline)) void lock_loop(struct member *member,
							    lock_verb *acquire, lock_verb *release)
{
	lock_loop_of(member, acquire, release, false);
}

#endif
