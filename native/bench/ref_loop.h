/* SPDX-License-Identifier: MIT */
/* The measuring loops, once for every scheme of native/refcounts, with its verbs inlined. */
#ifndef DMTORTURE_BENCH_REF_LOOP_H
#define DMTORTURE_BENCH_REF_LOOP_H

#include <sched.h>

#include "crew.h"
#include "ref_ops.h"
#include "ticks.h"

#define PAIRS_A_LOOK 8 /* pairs between two looks at the stop flag */
#define TURNS_A_YIELD 64

/* Objects of one scheme that threads get and put; the crew's context. */
struct ref_stand {
	const struct ref_row *row;
	struct refs *refs;
	struct user *users;
	struct counted *objects; /* objects + 1: the last is what is ended again and again */
	struct link *places;	 /* of each */
	struct locker *lockers;	 /* by thread */
	uint32_t count;		 /* objects */
	bool shared;		 /* each thread goes through all of them; else it has its own */
	uint64_t freed;		 /* of the last, by thread 0 */
};

typedef struct counted *ref_get_verb(struct refs *refs, struct link *place, struct counted *object,
				     struct locker *me);
typedef void ref_put_verb(struct refs *refs, struct counted *object, struct locker *me);
typedef void ref_end_verb(struct refs *refs, struct link *place, struct counted *object,
			  struct counted *next, struct locker *me);
typedef void ref_tend_verb(struct refs *refs, struct locker *me);

void ref_is_gone(const struct ref_row *row);

static inline __attribute__((always_inline)) void ref_loop(struct member *member, ref_get_verb *get,
							   ref_put_verb *put, ref_tend_verb *tend)
{
	const struct ref_stand *s = (const struct ref_stand *)member->crew->context;
	struct locker *me = &s->lockers[member->index];
	bool many = s->shared && s->count > 1;
	uint32_t at = member->index % s->count;
	uint64_t pairs = 0;

	if (s->shared && !many)
		at = 0;
	do {
		for (unsigned int i = 0; i < PAIRS_A_LOOK; i++) {
			struct counted *object = get(s->refs, &s->places[at], &s->objects[at], me);

			if (unlikely(!object))
				ref_is_gone(s->row);
			put(s->refs, object, me);
			if (many && ++at == s->count)
				at = 0;
		}
		tend(s->refs, me);
		pairs += PAIRS_A_LOOK;
	} while (!crew_stops(member));
	member->ops = pairs;
}

/*
 * Thread 0 makes an object, takes it out of reach, drops the only reference and waits until it is
 * free, while the others get and put.
 */
static inline __attribute__((always_inline)) void
ref_last_loop(struct member *member, ref_get_verb *get, ref_put_verb *put, ref_end_verb *end,
	      ref_tend_verb *tend)
{
	struct ref_stand *s = (struct ref_stand *)member->crew->context;
	struct counted *object = &s->objects[s->count];
	struct link *place = &s->places[s->count];
	struct locker *me = &s->lockers[0];
	uint64_t ends = 0;

	if (member->index) {
		ref_loop(member, get, put, tend);
		return;
	}
	do {
		uint64_t freed = s->freed, turns = 0;

		s->row->ops->bear(s->refs, object, 1, 0, 0);
		link_store(me, place, object);
		end(s->refs, place, object, NULL, me);
		for (; s->freed == freed; turns++) {
			tend(s->refs, me);
			cpu_pause();
			if (turns % TURNS_A_YIELD == TURNS_A_YIELD - 1)
				sched_yield();
		}
		ends++;
	} while (!crew_stops(member));
	member->ops = ends;
}

#endif
