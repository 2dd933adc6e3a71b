/* SPDX-License-Identifier: MIT */
/* Synchronises-with, by walking back from each read along its release sequence. */
#include "graph.h"

/* The writes of whose release sequence @w is a part, @w too. */
static event_set heads(const struct graph *g, uint32_t w)
{
	event_set all = 0;

	for (;;) {
		const struct event *e = &g->event[w];

		if (e->op && e->order == ORDER_NONE)
			return all;
		all |= event_bit(w);
		for (uint32_t x = 0; g->c11_sequences && x < g->count; x++)
			if (g->event[x].writes && g->event[x].thread == e->thread &&
			    same_place(&g->event[x], e) && related(&g->po, x, w))
				all |= event_bit(x);
		if (!e->reads)
			return all;
		w = e->source;
	}
}

/* The writes of @writes that release, and the fences that release for them. */
static event_set releasers(const struct graph *g, event_set writes)
{
	event_set all = 0;

	for (uint32_t i = 0; i < g->count; i++) {
		if (!is_release(g->event[i].order))
			continue;
		if (writes >> i & 1 || (g->event[i].fence && g->po.of[i] & writes))
			all |= event_bit(i);
	}
	return all;
}

static event_set acquirers(const struct graph *g, uint32_t read)
{
	event_set all = is_acquire(g->event[read].order) ? event_bit(read) : 0;

	for (uint32_t i = 0; i < g->count; i++)
		if (g->event[i].fence && is_acquire(g->event[i].order) && related(&g->po, read, i))
			all |= event_bit(i);
	return all;
}

struct relation happens_before(const struct graph *g)
{
	struct relation hb = g->po;

	if (g->axioms == AXIOMS_SC || g->axioms == AXIOMS_TSO)
		return hb;
	for (uint32_t r = 0; r < g->count; r++) {
		if (!g->event[r].reads || g->event[r].order == ORDER_NONE)
			continue;
		for (event_set from = releasers(g, heads(g, g->event[r].source)); from;
		     from &= from - 1)
			hb.of[__builtin_ctz(from)] |=
				acquirers(g, r) & ~event_bit((uint32_t)__builtin_ctz(from));
	}
	return closure(hb, g->count);
}

bool has_race(const struct graph *g)
{
	if (g->axioms == AXIOMS_SC || g->axioms == AXIOMS_TSO)
		return false;
	for (uint32_t a = g->litmus->places; a < g->count; a++) {
		for (uint32_t b = a + 1; b < g->count; b++) {
			const struct event *one = &g->event[a], *other = &g->event[b];

			if (same_place(one, other) && (one->writes || other->writes) &&
			    (one->order == ORDER_NONE || other->order == ORDER_NONE) &&
			    !related(&g->hb, a, b) && !related(&g->hb, b, a))
				return true;
		}
	}
	return false;
}
