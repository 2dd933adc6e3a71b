/* SPDX-License-Identifier: MIT */
#include "races.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"
#include "times.h"

/* An execution that begins before this time ends before there are no more. */
#define TIME_LAST (TIME_MAX - TRACE_MAX)
/* In the address of a site, which is even: the access was plain. */
#define PLAIN 1u

_Static_assert(TIMES_LANES >= EXPLORE_THREADS_MAX, "a lane for every thread");
_Static_assert(TIME_LAST > TIME_MAX / 2, "times begin again seldom");
_Static_assert(_Alignof(struct site) > PLAIN, "an address has a bit to spare");

/* When a thread did something. One number, so that it is stored at once. */
union epoch {
	struct {
		int16_t time; /* 0: never */
		uint8_t cpu;
		bool touched; /* there is a history, and it is in the list */
	};
	uint32_t all;
};

/*
 * What happened to a word. Of an access only when, whether it was plain and where in the source:
 * that is what FastTrack (Flanagan and Freund, 2009) calls an epoch.
 */
struct history {
	times released; /* what is known to who acquires it */
	times read;	/* the last read of every thread */
	union epoch write;
	uintptr_t write_site; /* and PLAIN */
	uintptr_t read_site[TIMES_LANES];
} __attribute__((aligned(128))); /* to be found by a shift */

/* Of one thread. */
struct watcher {
	struct fibers_listener listener; /* must be first */
	uintptr_t base;			 /* the history of the word at address 0, as it were */
	times known;			 /* of its own time, and of the others' */
	times own;			 /* all bits of its own lane */
	union epoch now;
	struct races *races;
};

/*
 * Clocks go on from one execution to the next, all of which comes after all of the one before:
 * nothing has to be forgotten until times come to their end.
 */
struct races {
	struct watcher thread[TIMES_LANES];
	uint32_t threads;
	struct history *place; /* one a word, in block */
	void *block;
	uint32_t *touched; /* places with a history */
	uint32_t touched_count;
	struct fibers *fibers;
	/* The other side of the execution's races, by fault. */
	struct {
		const struct site *site;
		uint32_t cpu;
	} other[EXECUTION_FAULTS_MAX];
};

static inline struct watcher *watcher_of(struct fibers_listener *listener)
{
	return (struct watcher *)listener;
}

static inline struct history *history_of(const struct watcher *me, const struct word *w)
{
	return (struct history *)(me->base + (uintptr_t)w * (sizeof(struct history) / sizeof(*w)));
}

/* All that anybody knows. */
static inline times all_known(const struct races *r)
{
	times all = r->thread[0].known;

	for (uint32_t i = 1; i < r->threads; i++)
		all = times_later(all, r->thread[i].known);
	return all;
}

/* @known is known to everybody, and all that will be comes after that. */
static inline void go_on_from(struct races *r, times known)
{
	for (uint32_t cpu = 0; cpu < r->threads; cpu++) {
		struct watcher *thread = &r->thread[cpu];

		thread->known = known - thread->own;
		thread->now = (union epoch){
			.time = (int16_t)(known[cpu] + 1), .cpu = (uint8_t)cpu, .touched = true};
	}
}

static inline void acquire(struct watcher *me, const struct history *place)
{
	me->known = times_later(me->known, place->released);
}

static inline void release(struct watcher *me, struct history *place)
{
	place->released = times_later(place->released, me->known);
	/* All bits of a lane are -1: its time goes on by one. */
	me->known -= me->own;
	me->now.all += (union epoch){.time = 1}.all;
}

/* Whether the last write is unknown. Who wrote knows all of it, so that an own one is known. */
static inline bool write_is_news(const struct watcher *me, const struct history *place)
{
	return place->write.time > me->known[place->write.cpu];
}

static inline void take_write(struct watcher *me, struct history *place, const struct site *site,
			      unsigned int plain)
{
	place->write = me->now;
	place->write_site = (uintptr_t)site | plain;
	if (!plain)
		release(me, place);
}

/*
 * What is seldom. It is called last, so that the functions for each way of an access, below, have
 * nothing to save for it.
 */

/* The first access to a word: then it goes on @as what it is. */
static __cold void touch(struct watcher *me, const struct word *w, const struct site *site,
			 fibers_listener_fn as)
{
	struct races *r = me->races;
	struct history *place = history_of(me, w);

	place->write.touched = true;
	r->touched[r->touched_count++] = (uint32_t)(place - r->place);
	as(&me->listener, w, site, 1);
}

static void report(struct watcher *me, const struct site *site, uintptr_t other_site,
		   uint32_t other_cpu)
{
	struct races *r = me->races;
	struct fibers *f = r->fibers;

	for (uint32_t i = 0; i < f->fault_count; i++)
		if (f->fault[i].kind == FAULT_DATA_RACE && f->fault[i].site == site)
			return;
	if (f->fault_count < EXECUTION_FAULTS_MAX) {
		r->other[f->fault_count].site =
			(const struct site *)(other_site & ~(uintptr_t)PLAIN);
		r->other[f->fault_count].cpu = other_cpu;
	}
	fibers_note_fault(f, FAULT_DATA_RACE, site, me->now.cpu);
}

/* Nothing orders an access after the last write: a race, if one of them is plain. */
static __cold void check_write(struct watcher *me, const struct history *place,
			       const struct site *site, unsigned int plain)
{
	if (plain || place->write_site & PLAIN)
		report(me, site, place->write_site, place->write.cpu);
}

/* Nothing orders a write after the last write, or after some thread's last read. */
static __cold void write_unordered(struct watcher *me, struct history *place,
				   const struct site *site, unsigned int plain)
{
	if (write_is_news(me, place))
		check_write(me, place, site, plain);
	for (uint32_t cpu = 0; cpu < TIMES_LANES; cpu++)
		if (place->read[cpu] > me->known[cpu] && (plain || place->read_site[cpu] & PLAIN))
			report(me, site, place->read_site[cpu], cpu);
	take_write(me, place, site, plain);
}

/* --- accesses, one function each way of it --- */

static inline void reads(struct watcher *me, const struct word *w, const struct site *site,
			 unsigned int plain, fibers_listener_fn self)
{
	struct history *place = history_of(me, w);

	if (unlikely(!place->write.touched)) {
		touch(me, w, site, self);
		return;
	}
	if (!plain)
		acquire(me, place);
	place->read = times_later(place->read, me->known & me->own);
	place->read_site[me->now.cpu] = (uintptr_t)site | plain;
	if (unlikely(write_is_news(me, place)))
		check_write(me, place, site, plain);
}

static inline void writes(struct watcher *me, const struct word *w, const struct site *site,
			  unsigned int plain, bool acquires, fibers_listener_fn self)
{
	struct history *place = history_of(me, w);

	if (unlikely(!place->write.touched)) {
		touch(me, w, site, self);
		return;
	}
	if (acquires)
		acquire(me, place);
	if (unlikely(write_is_news(me, place) || times_any_later(place->read, me->known))) {
		write_unordered(me, place, site, plain);
		return;
	}
	take_write(me, place, site, plain);
}

static void read_marked(struct fibers_listener *listener, const struct word *w,
			const struct site *site, size_t words)
{
	(void)words;
	reads(watcher_of(listener), w, site, 0, read_marked);
}

static void read_plain(struct fibers_listener *listener, const struct word *w,
		       const struct site *site, size_t words)
{
	(void)words;
	reads(watcher_of(listener), w, site, PLAIN, read_plain);
}

static void write_marked(struct fibers_listener *listener, const struct word *w,
			 const struct site *site, size_t words)
{
	(void)words;
	writes(watcher_of(listener), w, site, 0, false, write_marked);
}

static void write_plain(struct fibers_listener *listener, const struct word *w,
			const struct site *site, size_t words)
{
	(void)words;
	writes(watcher_of(listener), w, site, PLAIN, false, write_plain);
}

static void modify(struct fibers_listener *listener, const struct word *w, const struct site *site,
		   size_t words)
{
	(void)words;
	writes(watcher_of(listener), w, site, 0, true, modify);
}

static void lock(struct fibers_listener *listener, const struct word *w, const struct site *site,
		 size_t words)
{
	struct watcher *me = watcher_of(listener);

	(void)words;
	(void)site;
	acquire(me, history_of(me, w));
}

static void unlock(struct fibers_listener *listener, const struct word *w, const struct site *site,
		   size_t words)
{
	struct watcher *me = watcher_of(listener);
	struct history *place = history_of(me, w);

	(void)words;
	if (unlikely(!place->write.touched))
		touch(me, w, site, unlock);
	else
		release(me, place);
}

/* A life ends: what comes after is another object's. */
static void end_life(struct fibers_listener *listener, const struct word *w,
		     const struct site *site, size_t words)
{
	struct history *place = history_of(watcher_of(listener), w);

	(void)site;
	for (size_t i = 0; i < words; i++) {
		place[i].write.time = 0;
		place[i].read = (times){0};
	}
}

static void stop(struct fibers_listener *listener, const struct word *w, const struct site *site,
		 size_t words)
{
	struct races *r = watcher_of(listener)->races;

	(void)w;
	(void)words;
	(void)site;
	go_on_from(r, all_known(r));
}

static const struct fibers_listener accesses = {.executed = {
							[POINT_READ] = read_marked,
							[POINT_READ_PLAIN] = read_plain,
							[POINT_WRITE] = write_marked,
							[POINT_WRITE_PLAIN] = write_plain,
							[POINT_RMW] = modify,
							[POINT_LOCK] = lock,
							[POINT_UNLOCK] = unlock,
							[POINT_AWAIT] = lock,
							[POINT_FREE] = end_life,
							[POINT_STOP] = stop,
							[ACCESS_LOCK_SHARED] = lock,
							[ACCESS_UNLOCK_SHARED] = unlock,
							[ACCESS_GIVE_UP] = stop,
						}};

/* --- executions --- */

struct races *races_new(struct fibers *f, size_t memory_bytes)
{
	size_t places = memory_bytes / sizeof(struct word) + 1;
	struct races *r = aligned_alloc(_Alignof(struct races), sizeof(*r));

	if (!r)
		return NULL;
	*r = (struct races){.fibers = f, .threads = f->cpus - 1};
	/* From calloc(), so that what is never touched costs nothing. */
	r->block = calloc(places + 1, sizeof(*r->place));
	r->touched = malloc(places * sizeof(*r->touched));
	if (!r->block || !r->touched) {
		races_free(r);
		return NULL;
	}
	r->place = (struct history *)(((uintptr_t)r->block + sizeof(*r->place) - 1) /
				      sizeof(*r->place) * sizeof(*r->place));
	for (uint32_t cpu = 0; cpu < r->threads; cpu++) {
		struct watcher *thread = &r->thread[cpu];

		thread->listener = accesses;
		thread->base = (uintptr_t)r->place -
			       (uintptr_t)f->hot.memory * (sizeof(*r->place) / sizeof(struct word));
		thread->own[cpu] = -1;
		thread->races = r;
		fibers_listen(f, cpu, &thread->listener);
	}
	go_on_from(r, (times){0});
	return r;
}

void races_free(struct races *r)
{
	if (!r)
		return;
	free(r->touched);
	free(r->block);
	free(r);
}

static __cold void forget_all(struct races *r)
{
	for (uint32_t i = 0; i < r->touched_count; i++)
		r->place[r->touched[i]] = (struct history){0};
	r->touched_count = 0;
}

void races_reset(struct races *r)
{
	times known = all_known(r);

	if (unlikely(times_any_later(known, (times){0} + TIME_LAST))) {
		forget_all(r);
		known = (times){0};
	}
	go_on_from(r, known);
}

void races_text(const struct races *r, uint32_t fault, char *text, size_t size)
{
	const struct site *other = r->other[fault].site;

	snprintf(text, size, "nothing orders it after %s: %s of cpu%u", other->func, other->text,
		 r->other[fault].cpu + 1u);
}
