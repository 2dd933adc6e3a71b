/* SPDX-License-Identifier: MIT */
/*
 * Happens-before over the trace of one execution, by vector clocks. Two accesses depend on each
 * other when they touch one word and not both read; a lock's release happens before the next
 * taking of it, but what could have gone the other way round is the two takings.
 */
#ifndef DMTORTURE_CLOCKS_H
#define DMTORTURE_CLOCKS_H

#include "fibers.h"

#define CLOCK_WIDTH 16

/* As for times.h: they are returned within one file alone. */
#pragma GCC diagnostic ignored "-Wpsabi"

typedef uint16_t clock_vector
	__attribute__((vector_size(CLOCK_WIDTH * sizeof(uint16_t)), aligned(16)));

struct event {
	struct access access;
	clock_vector clock;
	uint16_t index; /* in its thread, from 1; one for queueing at a rwsem and taking it */
	bool queued;	/* it took a rwsem that its thread had queued at */
	int32_t behind; /* ACCESS_QUEUE: the event that took the rwsem for writing last */
};

struct clocks;

/*
 * Called for every pair of accesses that conflict, and that nothing orders: event @earlier, and
 * @later, whose clock is @clock. The clocks hold the c->count events before @later. Returns whether
 * the two could have gone the other way round; if not, an event before @earlier may be one that
 * could.
 */
typedef bool (*race_fn)(void *context, const struct clocks *c, uint32_t earlier,
			const struct access *later, const clock_vector *clock);

struct clocks {
	struct event *event; /* one a step */
	uint32_t count;
	struct place *place; /* one a word of the model's memory */
	size_t place_bytes;
	struct candidates *candidates;
	uint32_t stamp; /* of the places that this execution has touched */
	clock_vector thread[CLOCK_WIDTH];
	int32_t last[CLOCK_WIDTH]; /* event of each thread, -1: none */
	int32_t last_stop;
	uint32_t queued; /* bit n: what thread n did last was to queue at a rwsem */
	uint32_t threads;
};

/* Returns NULL without memory. @memory_bytes: of the model. */
struct clocks *clocks_new(size_t memory_bytes);
void clocks_free(struct clocks *c);
/*
 * Go through the execution that @f has just run; report the races whose later access is event
 * @from or a later one, and those of what the threads in @pending (a mask) were about to do.
 * @race may be NULL.
 */
void clocks_analyse(struct clocks *c, const struct fibers *f, uint32_t from, uint32_t pending,
		    race_fn race, void *context);
/* A hash of the trace as a partial order: the same for executions that differ only in the order of
 * what does not depend on each other. Context: after clocks_analyse(). */
uint64_t clocks_trace_hash(const struct clocks *c);

static inline bool access_is_release(const struct access *a)
{
	return a->kind == POINT_UNLOCK || a->kind == ACCESS_UNLOCK_SHARED;
}

/* Whether it takes a lock, or is about to. */
static inline bool access_takes(const struct access *a)
{
	return a->kind == POINT_LOCK || a->kind == ACCESS_LOCK_SHARED || a->kind == ACCESS_ARRIVE;
}

/* Whether it waits for a word to change. */
static inline bool access_waits(const struct access *a)
{
	return a->kind == POINT_AWAIT || a->kind == ACCESS_GIVE_UP;
}

/* Whether it conflicts with everything. */
static inline bool access_stops(const struct access *a)
{
	return a->kind == POINT_STOP || a->kind == ACCESS_GIVE_UP;
}

/*
 * A writer that queues holds up only the readers of the rwsem: the order of writers is decided by
 * their takings of it. What ends everything does not depend on the queueing, unless it began as a
 * thread's taking.
 */
static inline bool accesses_depend(const struct access *a, const struct access *b)
{
	if (access_stops(a) || access_stops(b))
		return (a->kind != ACCESS_QUEUE && b->kind != ACCESS_QUEUE) || a->place == b->place;
	if (a->place + a->words <= b->place || b->place + b->words <= a->place)
		return false;
	if (unlikely(a->kind == ACCESS_QUEUE || b->kind == ACCESS_QUEUE))
		return a->kind == ACCESS_LOCK_SHARED || b->kind == ACCESS_LOCK_SHARED;
	return access_writes(a) || access_writes(b);
}

/* The threads of @asleep that sleep on after @did: their access in @next does not depend on it. */
static inline uint32_t still_asleep(uint32_t asleep, const struct access *next,
				    const struct access *did)
{
	for (uint32_t left = asleep; left; left &= left - 1) {
		uint32_t cpu = (uint32_t)__builtin_ctz(left);

		if (accesses_depend(&next[cpu], did))
			asleep &= ~(1u << cpu);
	}
	return asleep;
}

#endif
