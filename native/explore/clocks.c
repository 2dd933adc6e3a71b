/* SPDX-License-Identifier: MIT */
#include "clocks.h"

#include <stddef.h>
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "arrays.h"
#include "fresh.h"

#define NONE (-1)

struct place {
	uint32_t stamp;
	int32_t write;		   /* the last one; of a lock, the last exclusive taking */
	int32_t read[CLOCK_WIDTH]; /* since then, by thread */
	clock_vector released, released_shared;
	bool queued; /* a writer has queued at this rwsem */
};

/* The events that an access depends on, and that may be races; each once. */
struct candidates {
	uint32_t count;
	uint32_t stamp;
	int32_t event[STEPS_MAX + 1];
	uint32_t added[STEPS_MAX + 1]; /* by event: the stamp of the set that added it last */
};

static clock_vector clock_max(clock_vector a, clock_vector b)
{
#ifdef __SSE2__
	__m128i part[2];
	clock_vector later;

	_Static_assert(sizeof(part) == sizeof(a), "two vectors of the processor");
	/* What @a is more than @b, or nothing, on top of @b: it has no maximum without a sign. */
	part[0] = _mm_loadu_si128((const __m128i *)&b);
	part[1] = _mm_loadu_si128((const __m128i *)&b + 1);
	part[0] = _mm_add_epi16(_mm_subs_epu16(_mm_loadu_si128((const __m128i *)&a), part[0]),
				part[0]);
	part[1] = _mm_add_epi16(_mm_subs_epu16(_mm_loadu_si128((const __m128i *)&a + 1), part[1]),
				part[1]);
	memcpy(&later, part, sizeof(later));
	return later;
#else
	clock_vector greater = (clock_vector)(a > b);

	return (a & greater) | (b & ~greater);
#endif
}

_Static_assert(_Alignof(clock_vector) <= _Alignof(max_align_t), "malloc() aligns enough");

struct clocks *clocks_new(size_t memory_bytes)
{
	struct clocks *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->event = malloc((STEPS_MAX + 1) * sizeof(*c->event));
	if (array_bytes(memory_bytes / sizeof(struct word) + 1, 1, sizeof(*c->place), 1,
			&c->place_bytes))
		c->place = fresh_new(c->place_bytes);
	c->candidates = calloc(1, sizeof(*c->candidates));
	if (!c->event || !c->place || !c->candidates) {
		clocks_free(c);
		return NULL;
	}
	return c;
}

void clocks_free(struct clocks *c)
{
	if (!c)
		return;
	free(c->event);
	fresh_delete(c->place, c->place_bytes);
	free(c->candidates);
	free(c);
}

static struct place *touch(struct clocks *c, uint32_t at)
{
	struct place *place = &c->place[at];

	if (place->stamp != c->stamp) {
		memset(place, 0, sizeof(*place));
		place->stamp = c->stamp;
		place->write = NONE;
		for (uint32_t i = 0; i < CLOCK_WIDTH; i++)
			place->read[i] = NONE;
	}
	return place;
}

static void add(struct candidates *all, int32_t event)
{
	if (event == NONE || all->added[event] == all->stamp)
		return;
	all->added[event] = all->stamp;
	all->event[all->count++] = event;
}

/*
 * An await may have been passed at any earlier value of its word, or given up whenever nobody else
 * could go on: whatever came before is a candidate. So it is where a writer queues: what a reader
 * has to be earlier than need not be what was done to the rwsem last.
 */
static void add_all_before(const struct clocks *c, const struct access *a, struct candidates *all)
{
	for (uint32_t i = c->count; i--;)
		if (accesses_depend(&c->event[i].access, a) &&
		    (a->kind != ACCESS_ARRIVE || (int32_t)i != c->last_stop))
			add(all, (int32_t)i);
}

/*
 * Whether the last write to the word that @a takes did not take it: a semaphore was raised, or a
 * mutex that can be tried was released. That write cannot come after @a; a taking before it can.
 */
static bool takes_what_was_given(struct clocks *c, const struct access *a)
{
	int32_t write = touch(c, a->place)->write;

	return write != NONE && !access_takes(&c->event[write].access);
}

/*
 * @ends: with @a the execution came to its end for all, so that it depends on all that was done.
 * Not on the last events of the threads alone: where the last could not come later, since @a had
 * to wait for a lock until then, one before it may have.
 */
static void collect(struct clocks *c, const struct access *a, bool ends, struct candidates *all)
{
	bool writes = access_writes(a);

	all->count = 0;
	all->stamp++;
	if (ends) {
		for (uint32_t i = c->count; i--;)
			if (c->event[i].access.kind != ACCESS_QUEUE ||
			    c->event[i].access.place == a->place)
				add(all, (int32_t)i);
		return;
	}
	if (access_waits(a) || a->kind == ACCESS_QUEUE ||
	    (access_takes(a) && (touch(c, a->place)->queued || takes_what_was_given(c, a)))) {
		add_all_before(c, a, all);
		return;
	}
	if (a->kind != ACCESS_ARRIVE)
		add(all, c->last_stop);
	if (access_stops(a)) {
		for (uint32_t t = 0; t < c->threads; t++)
			add(all, c->last[t]);
		return;
	}
	for (uint32_t at = a->place; at < a->place + a->words; at++) {
		const struct place *place = touch(c, at);

		add(all, place->write);
		for (uint32_t t = 0; writes && t < c->threads; t++)
			add(all, place->read[t]);
	}
}

static void sort_latest_first(struct candidates *all)
{
	for (uint32_t i = 1; i < all->count; i++) {
		int32_t event = all->event[i];
		uint32_t at = i;

		for (; at && all->event[at - 1] < event; at--)
			all->event[at] = all->event[at - 1];
		all->event[at] = event;
	}
}

/* What the release of the lock that @a takes happens before. */
static clock_vector released(struct clocks *c, const struct access *a)
{
	const struct place *place = touch(c, a->place);

	if (a->kind == POINT_LOCK)
		return clock_max(place->released, place->released_shared);
	if (a->kind == ACCESS_LOCK_SHARED)
		return place->released;
	return (clock_vector){0};
}

/*
 * Order @a, of @cpu, after all it depends on, and report its races. @ends as for collect(). Returns
 * its clock.
 */
static clock_vector order(struct clocks *c, const struct access *a, uint32_t cpu, bool ends,
			  race_fn race, void *context)
{
	clock_vector seen = c->thread[cpu], clock;
	struct candidates *all = c->candidates;

	collect(c, a, ends, all);
	clock = clock_max(seen, released(c, a));
	for (uint32_t i = 0; i < all->count; i++)
		clock = clock_max(clock, c->event[all->event[i]].clock);
	clock[cpu] = c->thread[cpu][cpu] + 1;
	if (!race)
		return clock;
	sort_latest_first(all);
	for (uint32_t i = 0; i < all->count; i++) {
		const struct event *e = &c->event[all->event[i]];

		/* What a reader can come before is the queueing. */
		if (unlikely(e->queued && a->kind == ACCESS_LOCK_SHARED))
			continue;
		if (e->access.cpu != cpu && seen[e->access.cpu] < e->index &&
		    !race(context, c, (uint32_t)all->event[i], a, &clock))
			continue;
		if (!access_waits(a))
			seen = clock_max(seen, e->clock);
	}
	return clock;
}

static void remember(struct clocks *c, const struct access *a, uint32_t cpu)
{
	int32_t event = (int32_t)c->count;

	if (unlikely(a->kind == ACCESS_QUEUE)) {
		touch(c, a->place)->queued = true;
		c->event[event].behind = touch(c, a->place)->write;
		c->queued |= 1u << cpu;
		return;
	}
	c->last[cpu] = event;
	c->queued &= ~(1u << cpu);
	if (access_stops(a)) {
		c->last_stop = event;
		return;
	}
	for (uint32_t at = a->place; at < a->place + a->words; at++) {
		struct place *place = touch(c, at);

		if (!access_writes(a)) {
			place->read[cpu] = event;
			continue;
		}
		place->write = event;
		for (uint32_t t = 0; t < c->threads; t++)
			place->read[t] = NONE;
	}
}

static void release(struct clocks *c, const struct access *a)
{
	struct place *place = touch(c, a->place);

	if (a->kind == POINT_UNLOCK)
		place->released = c->thread[a->cpu];
	else
		place->released_shared = clock_max(place->released_shared, c->thread[a->cpu]);
}

/*
 * What @cpu was about to do when the execution ended. A writer that comes to a rwsem counts as one
 * that takes it. If it would have had to queue before the last step, too, the end is the same.
 */
static struct access pending_access(const struct clocks *c, const struct fibers *f, uint32_t cpu)
{
	struct access a = f->next[cpu];
	bool held = word_peek(f->next_word[cpu]) & (RWSEM_READERS | RWSEM_WRITER);

	if (a.kind == ACCESS_ARRIVE &&
	    !(held && c->count && c->last_stop == (int32_t)c->count - 1 &&
	      c->event[c->last_stop].access.place != a.place))
		a.kind = POINT_LOCK;
	return a;
}

/* What was still to come when the execution ended can race with what was done. */
static void order_pending(struct clocks *c, const struct fibers *f, uint32_t pending, race_fn race,
			  void *context)
{
	for (uint32_t left = f->running & pending; left; left &= left - 1) {
		uint32_t cpu = (uint32_t)__builtin_ctz(left);
		struct access a;

		/* It is about to go on with nothing that is known: it has just begun a thread. */
		if (!f->next_word[cpu])
			continue;
		a = pending_access(c, f, cpu);
		order(c, &a, cpu, false, race, context);
	}
}

/* Threads of @unborn that begin before access @at come after all that their parent did by then. */
static uint32_t begin_threads(struct clocks *c, const struct fibers *f, uint32_t at,
			      uint32_t unborn)
{
	for (uint32_t left = unborn; left; left &= left - 1) {
		uint32_t cpu = (uint32_t)__builtin_ctz(left);

		if (f->birth[cpu].length > at)
			continue;
		c->thread[cpu] = c->thread[f->birth[cpu].parent];
		unborn &= ~(1u << cpu);
	}
	return unborn;
}

void clocks_analyse(struct clocks *c, const struct fibers *f, uint32_t from, uint32_t pending,
		    race_fn race, void *context)
{
	uint32_t unborn = f->born & ~f->first;

	c->stamp++;
	c->count = 0;
	c->threads = f->cpus - 1;
	c->last_stop = NONE;
	c->queued = 0;
	memset(c->thread, 0, sizeof(c->thread));
	for (uint32_t t = 0; t < CLOCK_WIDTH; t++)
		c->last[t] = NONE;
	for (uint32_t at = 0; at < f->length; at++) {
		struct access a = f->trace[at];
		struct event *event = &c->event[c->count];
		bool ends = f->ended && fibers_faulted(f) && c->count + 1 == f->steps;

		if (unlikely(unborn))
			unborn = begin_threads(c, f, at, unborn);
		if (access_is_release(&a)) {
			release(c, &a);
			continue;
		}
		event->clock = order(c, &a, a.cpu, ends, c->count >= from ? race : NULL, context);
		/* What ends the world for all conflicts with everything. */
		if (ends)
			a.kind = POINT_STOP;
		event->access = a;
		event->index = event->clock[a.cpu];
		event->queued = c->queued >> a.cpu & 1;
		/* Queueing counts with the taking: no order depends on whether it was needed. */
		event->clock[a.cpu] -= a.kind == ACCESS_QUEUE;
		c->thread[a.cpu] = event->clock;
		remember(c, &a, a.cpu);
		c->count++;
	}
	begin_threads(c, f, f->length, unborn);
	if (race)
		order_pending(c, f, pending, race, context);
}

uint64_t clocks_trace_hash(const struct clocks *c)
{
	uint64_t hash = 0;

	for (uint32_t i = 0; i < c->count; i++) {
		const struct event *e = &c->event[i];
		uint64_t parts[CLOCK_WIDTH / 4], one;

		if (e->access.kind == ACCESS_QUEUE)
			continue;
		memcpy(parts, &e->clock, sizeof(parts));
		one = ((uint64_t)e->access.cpu << 16 | e->index) + 1;
		for (uint32_t part = 0; part * 4 < c->threads; part++)
			one = fibers_mix(one, parts[part]);
		hash += one * UINT64_C(0xff51afd7ed558ccd);
	}
	return hash;
}
