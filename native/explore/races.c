/* SPDX-License-Identifier: MIT */
#include "races.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"

#define LANES 8

_Static_assert(LANES >= EXPLORE_THREADS_MAX, "a lane for every thread");

/* A time for every thread, of its own clock. Signed, since that is what has a fast maximum. */
typedef int16_t times __attribute__((vector_size(LANES * sizeof(int16_t))));
typedef uint64_t halves __attribute__((vector_size(sizeof(times))));

/*
 * What happened to a word. A time of 0: nothing. Of an access only when, whether it was plain and
 * where in the source: that is what FastTrack (Flanagan and Freund, 2009) calls an epoch.
 */
struct history {
	times released;	 /* what is known to who acquires it */
	times read;	 /* the last read of every thread */
	uint32_t stamp;	 /* of the execution; of another all else is void */
	int16_t written; /* the last write */
	uint8_t writer;	 /* whose it was */
	bool write_plain;
	uint8_t plain_reads; /* bit n: thread n's last read */
	const struct site *write_site;
	const struct site *read_site[LANES];
};

struct races {
	struct fibers *fibers;
	struct history *place;
	uint32_t stamp;
	times thread[LANES]; /* what each knows of the others' time */
	/* Of the first race of the execution; NULL: none. */
	const struct site *other_site;
	uint32_t other_cpu;
};

static inline times later(times a, times b)
{
	times greater = a > b;

	return (a & greater) | (b & ~greater);
}

static inline bool any(times mask)
{
	halves both = (halves)mask;

	return (both[0] | both[1]) != 0;
}

static inline struct history *touch(struct races *r, uint32_t at)
{
	struct history *place = &r->place[at];

	if (place->stamp != r->stamp) {
		place->stamp = r->stamp;
		place->released = (times){0};
		place->read = (times){0};
		place->written = 0;
	}
	return place;
}

static __attribute__((noinline)) void report(struct races *r, const struct site *other_site,
					     uint32_t other_cpu, const struct access *a)
{
	struct fibers *f = r->fibers;

	if (!r->other_site) {
		r->other_site = other_site;
		r->other_cpu = other_cpu;
	}
	for (uint32_t i = 0; i < f->fault_count; i++)
		if (f->fault[i].kind == FAULT_DATA_RACE && f->fault[i].site == a->site)
			return;
	fibers_note_fault(f, FAULT_DATA_RACE, a->site, a->cpu);
}

/* @a conflicts with the last write of @place; who wrote knows all of it, so an own one is fine. */
static inline void check_write(struct races *r, const struct history *place, const struct access *a,
			       bool plain)
{
	if (unlikely(place->written > r->thread[a->cpu][place->writer]) &&
	    (plain || place->write_plain))
		report(r, place->write_site, place->writer, a);
}

/* @a writes: it conflicts with the last read of every thread. */
static __attribute__((noinline)) void check_reads(struct races *r, const struct history *place,
						  const struct access *a, bool plain)
{
	for (uint32_t cpu = 0; cpu < LANES; cpu++)
		if (place->read[cpu] > r->thread[a->cpu][cpu] &&
		    (plain || place->plain_reads >> cpu & 1))
			report(r, place->read_site[cpu], cpu, a);
}

static void stop_machine(struct races *r)
{
	times all = {0};

	for (uint32_t i = 0; i < LANES; i++)
		all = later(all, r->thread[i]);
	for (uint32_t i = 0; i < LANES; i++) {
		r->thread[i] = all;
		r->thread[i][i]++;
	}
}

static inline void acquire(struct races *r, const struct history *place, uint32_t cpu)
{
	r->thread[cpu] = later(r->thread[cpu], place->released);
}

static inline void release(struct races *r, struct history *place, uint32_t cpu)
{
	place->released = later(place->released, r->thread[cpu]);
	r->thread[cpu][cpu]++;
}

/* --- accesses, one function each way of it --- */

static inline void reads(struct races *r, const struct access *a, bool plain)
{
	struct history *place = touch(r, a->place);
	uint32_t bit = 1u << a->cpu;

	if (!plain)
		acquire(r, place, a->cpu);
	place->read[a->cpu] = r->thread[a->cpu][a->cpu];
	place->read_site[a->cpu] = a->site;
	place->plain_reads =
		(uint8_t)(plain ? place->plain_reads | bit : place->plain_reads & ~bit);
	check_write(r, place, a, plain);
}

static inline void writes(struct races *r, const struct access *a, bool plain)
{
	struct history *place = touch(r, a->place);

	check_write(r, place, a, plain);
	if (unlikely(any(place->read > r->thread[a->cpu])))
		check_reads(r, place, a, plain);
	place->written = r->thread[a->cpu][a->cpu];
	place->writer = a->cpu;
	place->write_plain = plain;
	place->write_site = a->site;
	if (!plain)
		release(r, place, a->cpu);
}

static void read_marked(struct races *r, const struct access *a)
{
	reads(r, a, false);
}

static void read_plain(struct races *r, const struct access *a)
{
	reads(r, a, true);
}

static void write_marked(struct races *r, const struct access *a)
{
	writes(r, a, false);
}

static void write_plain(struct races *r, const struct access *a)
{
	writes(r, a, true);
}

static void modify(struct races *r, const struct access *a)
{
	acquire(r, touch(r, a->place), a->cpu);
	writes(r, a, false);
}

static void lock(struct races *r, const struct access *a)
{
	acquire(r, touch(r, a->place), a->cpu);
}

static void unlock(struct races *r, const struct access *a)
{
	release(r, touch(r, a->place), a->cpu);
}

/* A life ends: what comes after is another object's. */
static void end_life(struct races *r, const struct access *a)
{
	for (uint32_t i = 0; i < a->words; i++) {
		r->place[a->place + i].written = 0;
		r->place[a->place + i].read = (times){0};
	}
}

static void stop(struct races *r, const struct access *a)
{
	(void)a;
	stop_machine(r);
}

static void (*const by_kind[ACCESS_KINDS])(struct races *r, const struct access *a) = {
	[POINT_READ] = read_marked,   [POINT_READ_PLAIN] = read_plain,
	[POINT_WRITE] = write_marked, [POINT_WRITE_PLAIN] = write_plain,
	[POINT_RMW] = modify,	      [POINT_LOCK] = lock,
	[POINT_UNLOCK] = unlock,      [POINT_AWAIT] = lock,
	[POINT_FREE] = end_life,      [POINT_STOP] = stop,
	[ACCESS_LOCK_SHARED] = lock,  [ACCESS_UNLOCK_SHARED] = unlock,
	[ACCESS_GIVE_UP] = stop,
};

static void executed(void *watcher, const struct access *a)
{
	by_kind[a->kind](watcher, a);
}

struct races *races_new(struct fibers *f, size_t memory_bytes)
{
	struct races *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->place = calloc(memory_bytes / sizeof(struct word) + 1, sizeof(*r->place));
	if (!r->place) {
		free(r);
		return NULL;
	}
	r->fibers = f;
	f->executed = executed;
	f->watcher = r;
	return r;
}

void races_free(struct races *r)
{
	if (!r)
		return;
	r->fibers->executed = NULL;
	free(r->place);
	free(r);
}

void races_reset(struct races *r)
{
	r->stamp++;
	r->other_site = NULL;
	memset(r->thread, 0, sizeof(r->thread));
	for (uint32_t i = 0; i < LANES; i++)
		r->thread[i][i] = 1;
}

void races_text(const struct races *r, char *text, size_t size)
{
	const struct site *other = r->other_site;

	if (other)
		snprintf(text, size, "nothing orders it after %s: %s of cpu%u", other->func,
			 other->text, r->other_cpu + 1u);
}
