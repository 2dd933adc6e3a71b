/* SPDX-License-Identifier: MIT */
/* Relations over the events of an execution graph: of[a] is the set of what a is related to. */
#ifndef DMTORTURE_RELATION_H
#define DMTORTURE_RELATION_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define EVENTS_MAX 32

typedef uint32_t event_set;

struct relation {
	event_set of[EVENTS_MAX];
};

static inline event_set event_bit(uint32_t event)
{
	return (event_set)1 << event;
}

static inline bool related(const struct relation *r, uint32_t a, uint32_t b)
{
	return r->of[a] >> b & 1;
}

static inline void relate(struct relation *r, uint32_t a, uint32_t b)
{
	r->of[a] |= event_bit(b);
}

/* What some event of @from is related to. */
static inline event_set image(const struct relation *r, event_set from)
{
	event_set to = 0;

	for (; from; from &= from - 1)
		to |= r->of[__builtin_ctz(from)];
	return to;
}

static inline struct relation either(const struct relation *a, const struct relation *b)
{
	struct relation r;

	for (uint32_t i = 0; i < EVENTS_MAX; i++)
		r.of[i] = a->of[i] | b->of[i];
	return r;
}

static inline struct relation then(const struct relation *a, const struct relation *b)
{
	struct relation r;

	for (uint32_t i = 0; i < EVENTS_MAX; i++)
		r.of[i] = image(b, a->of[i]);
	return r;
}

static inline struct relation closure(struct relation r, uint32_t events)
{
	for (uint32_t middle = 0; middle < events; middle++)
		for (uint32_t i = 0; i < events; i++)
			if (related(&r, i, middle))
				r.of[i] |= r.of[middle];
	return r;
}

/* By taking away, again and again, what nothing that is left leads to. */
static inline bool acyclic(const struct relation *r, uint32_t events)
{
	event_set left = events == EVENTS_MAX ? ~0u : event_bit(events) - 1, pointed_at;

	while (left) {
		pointed_at = image(r, left);
		if (!(left & ~pointed_at))
			return false;
		left &= pointed_at;
	}
	return true;
}

#endif
