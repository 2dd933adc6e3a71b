/* SPDX-License-Identifier: MIT */
#include "races.h"

#include <stdio.h>
#include <stdlib.h>

#include "clocks.h"

/* One access that may be half of a race. @time 0: none. */
struct epoch {
	const struct site *site;
	uint16_t time; /* of its thread's own clock */
	uint8_t cpu;
	bool plain;
};

/* What happened to a word. What is looked at comes first: few words are read by many. */
struct history {
	clock_vector released;
	struct epoch write;
	uint32_t stamp;	  /* of the execution; of another all else is void */
	uint32_t readers; /* bit n: read[n] is valid */
	struct epoch read[CLOCK_WIDTH];
};

struct races {
	struct fibers *fibers;
	struct history *place;
	uint32_t stamp;
	clock_vector thread[CLOCK_WIDTH];
	struct epoch other; /* of the first race of the execution; time 0: none */
};

static clock_vector join(clock_vector a, clock_vector b)
{
	clock_vector greater = (clock_vector)(a > b);

	return (a & greater) | (b & ~greater);
}

static struct history *touch(struct races *r, uint32_t at)
{
	struct history *place = &r->place[at];

	if (place->stamp != r->stamp) {
		place->stamp = r->stamp;
		place->released = (clock_vector){0};
		place->write.time = 0;
		place->readers = 0;
	}
	return place;
}

static void report(struct races *r, const struct epoch *other, const struct access *a)
{
	struct fibers *f = r->fibers;

	if (!r->other.time)
		r->other = *other;
	for (uint32_t i = 0; i < f->fault_count; i++)
		if (f->fault[i].kind == FAULT_DATA_RACE && f->fault[i].site == a->site)
			return;
	fibers_note_fault(f, FAULT_DATA_RACE, a->site, a->cpu);
}

/* Whether @e and @a, which conflict, race. */
static void check(struct races *r, const struct epoch *e, const struct access *a, bool plain)
{
	if (e->time && e->cpu != a->cpu && (plain || e->plain) &&
	    r->thread[a->cpu][e->cpu] < e->time)
		report(r, e, a);
}

static void stop_machine(struct races *r)
{
	clock_vector all = {0};

	for (uint32_t i = 0; i < CLOCK_WIDTH; i++)
		all = join(all, r->thread[i]);
	for (uint32_t i = 0; i < CLOCK_WIDTH; i++) {
		r->thread[i] = all;
		r->thread[i][i]++;
	}
}

static void release(struct races *r, struct history *place, uint32_t cpu)
{
	place->released = join(place->released, r->thread[cpu]);
	r->thread[cpu][cpu]++;
}

static void reads(struct races *r, struct history *place, const struct access *a, bool plain)
{
	if (!plain)
		r->thread[a->cpu] = join(r->thread[a->cpu], place->released);
	check(r, &place->write, a, plain);
	place->readers |= 1u << a->cpu;
	place->read[a->cpu] = (struct epoch){a->site, r->thread[a->cpu][a->cpu], a->cpu, plain};
}

static void writes(struct races *r, struct history *place, const struct access *a, bool plain)
{
	if (a->kind == POINT_RMW)
		r->thread[a->cpu] = join(r->thread[a->cpu], place->released);
	check(r, &place->write, a, plain);
	for (uint32_t left = place->readers & ~(1u << a->cpu); left; left &= left - 1)
		check(r, &place->read[__builtin_ctz(left)], a, plain);
	place->write = (struct epoch){a->site, r->thread[a->cpu][a->cpu], a->cpu, plain};
	if (!plain)
		release(r, place, a->cpu);
}

static void executed(void *watcher, const struct access *a)
{
	struct races *r = watcher;
	struct history *place = touch(r, a->place);

	switch (a->kind) {
	case POINT_LOCK:
	case ACCESS_LOCK_SHARED:
	case POINT_AWAIT:
		r->thread[a->cpu] = join(r->thread[a->cpu], place->released);
		break;
	case POINT_UNLOCK:
	case ACCESS_UNLOCK_SHARED:
		release(r, place, a->cpu);
		break;
	case POINT_READ:
	case POINT_READ_PLAIN:
		reads(r, place, a, a->kind == POINT_READ_PLAIN);
		break;
	case POINT_FREE:
		/* A life ends: what comes after is another object's. */
		for (uint32_t i = 0; i < a->words; i++)
			place[i].write.time = 0, place[i].readers = 0;
		break;
	case POINT_STOP:
	case ACCESS_GIVE_UP:
		stop_machine(r);
		break;
	default:
		writes(r, place, a, a->kind == POINT_WRITE_PLAIN);
	}
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
	r->other = (struct epoch){0};
	memset(r->thread, 0, sizeof(r->thread));
	for (uint32_t i = 0; i < CLOCK_WIDTH; i++)
		r->thread[i][i] = 1;
}

void races_text(const struct races *r, char *text, size_t size)
{
	const struct epoch *other = &r->other;

	if (other->time)
		snprintf(text, size, "nothing orders it after %s: %s of cpu%u", other->site->func,
			 other->site->text, other->cpu + 1u);
}
