/* SPDX-License-Identifier: MIT */
/* Inside the race detector: what races.c, by access, and races_run.c, by execution, share. */
#ifndef DMTORTURE_HISTORIES_H
#define DMTORTURE_HISTORIES_H

#include "explore.h"
#include "races.h"
#include "times.h"

/* In the address of a site, which is even: the access was plain. */
#define PLAIN 1u

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
	times released; /* what a thread that acquires it gets to know */
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
	/* Before its last read-modify-write, which may turn out to have been a read. */
	struct {
		const struct word *word;
		const struct site *site;
		union epoch write, now;
		uintptr_t write_site;
		times released, known;
		uint32_t faults; /* of the execution */
	} before;
};

/*
 * Clocks go on from one execution to the next: everything in one comes after everything in the one
 * before. So nothing has to be forgotten before the times run out.
 */
struct races {
	uint32_t threads; /* must be first: it says how wide the rest is */
	struct watcher thread[TIMES_LANES];
	struct history *place; /* one a word, in block */
	void *block;
	size_t block_bytes;
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

/* The functions of races.c that a watcher calls for accesses. */
extern const struct fibers_listener RACES(accesses);

#endif
