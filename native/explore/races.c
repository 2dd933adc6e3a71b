/* SPDX-License-Identifier: MIT */
/* What the race detector does at each access. */
#include "races.h"

#include "histories.h"

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

/* Whether @t does not know the last write yet. A thread always knows its own writes. */
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
	struct watcher *me = watcher_of(listener);
	const struct history *place = history_of(me, w);

	me->before.word = w;
	me->before.site = site;
	me->before.write = place->write;
	me->before.write_site = place->write_site;
	me->before.released = place->released;
	me->before.known = me->known;
	me->before.now = me->now;
	me->before.faults = me->races->fibers->fault_count;
	writes(me, w, site, 0, true, modify);
}

/* Races that were noted of it are none; other faults that came since stay. */
static __cold void forget_races(struct races *r, uint32_t from)
{
	struct fibers *f = r->fibers;
	uint32_t kept = from;

	for (uint32_t i = from; i < f->fault_count; i++)
		if (f->fault[i].kind != FAULT_DATA_RACE) {
			r->other[kept] = r->other[i];
			f->fault[kept++] = f->fault[i];
		}
	f->fault_count = kept;
	f->fault_kinds = 0;
	for (uint32_t i = 0; i < kept; i++)
		f->fault_kinds |= 1u << f->fault[i].kind;
}

/* A compare-and-swap that failed is a read. */
static void spawned(struct fibers_listener *parent, struct fibers_listener *child)
{
	struct watcher *me = watcher_of(parent);

	watcher_of(child)->known = times_later(watcher_of(child)->known, me->known);
	me->known -= me->own;
	me->now.all += (union epoch){.time = 1}.all;
}

static void wrote_nothing(struct fibers_listener *listener)
{
	struct watcher *me = watcher_of(listener);
	struct history *place = history_of(me, me->before.word);

	place->write = me->before.write;
	place->write.touched = true;
	place->write_site = me->before.write_site;
	place->released = me->before.released;
	me->known = me->before.known;
	me->now = me->before.now;
	if (unlikely(me->races->fibers->fault_count > me->before.faults))
		forget_races(me->races, me->before.faults);
	read_marked(listener, me->before.word, me->before.site, 1);
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

/*
 * A life ends, or all of it is cleared: a plain write to every word. A thread that read it without
 * order has raced with that. What comes after belongs to another object.
 */
static void end_life(struct fibers_listener *listener, const struct word *w,
		     const struct site *site, size_t words)
{
	struct history *place = history_of(watcher_of(listener), w);

	for (size_t i = 0; i < words; i++) {
		write_plain(listener, &w[i], site, 1);
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

/* A thread that waits has learned nothing yet. */
static void queue(struct fibers_listener *listener, const struct word *w, const struct site *site,
		  size_t words)
{
	(void)listener;
	(void)w;
	(void)site;
	(void)words;
}

const struct fibers_listener RACES(accesses) = {.wrote_nothing = wrote_nothing,
						.spawned = spawned,
						.executed = {
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
							[ACCESS_QUEUE] = queue,
						}};
