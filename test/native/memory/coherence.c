/* SPDX-License-Identifier: MIT */
/* Coherence, place by place: what happens before agrees with modification order. */
#include "graph.h"

struct drawing {
	const struct graph *g;
	uint32_t place, count;
	event_set writes;
	struct mo mo;
	struct mo *orders;
};

/* The rank of the write that @e reads. */
static uint32_t seen(const struct mo *mo, const struct event *e)
{
	return mo->rank[e->source];
}

/* @a happens before @b. */
static bool agree(const struct drawing *d, uint32_t a, uint32_t b)
{
	const struct event *one = &d->g->event[a], *other = &d->g->event[b];
	const struct mo *mo = &d->mo;

	if (one->writes && other->writes && mo->rank[a] >= mo->rank[b])
		return false;
	if (one->writes && other->reads && mo->rank[a] > seen(mo, other))
		return false;
	if (one->reads && other->writes && seen(mo, one) >= mo->rank[b])
		return false;
	return !one->reads || !other->reads || seen(mo, one) <= seen(mo, other);
}

static bool is_coherent(const struct drawing *d)
{
	const struct graph *g = d->g;

	for (uint32_t a = 0; a < g->count; a++) {
		if (!is_access_to(&g->event[a], d->place))
			continue;
		if (related(&g->hb, a, a))
			return false;
		/* Nothing stands between a read-modify-write and what it read. */
		if (g->event[a].reads && g->event[a].writes &&
		    d->mo.rank[a] != seen(&d->mo, &g->event[a]) + 1)
			return false;
		for (uint32_t b = 0; b < g->count; b++)
			if (is_access_to(&g->event[b], d->place) && related(&g->hb, a, b) &&
			    !agree(d, a, b))
				return false;
	}
	return true;
}

/* Put a write behind those that have a rank below @rank. */
static void draw_next(struct drawing *d, event_set left, uint32_t rank)
{
	if (!left) {
		if (is_coherent(d))
			d->orders[d->count++] = d->mo;
		return;
	}
	for (event_set from = left; from; from &= from - 1) {
		uint32_t w = (uint32_t)__builtin_ctz(from), last = d->mo.last;
		const struct event *e = &d->g->event[w];

		if (e->reads && e->source != last)
			continue;
		d->mo.rank[w] = (uint8_t)rank;
		d->mo.last = w;
		draw_next(d, left & ~event_bit(w), rank + 1);
		d->mo.last = last;
	}
}

uint32_t coherent_orders(const struct graph *g, uint32_t place, struct mo *orders)
{
	struct drawing d = {.g = g, .place = place, .orders = orders};

	for (uint32_t i = g->litmus->places; i < g->count; i++)
		if (g->event[i].writes && is_access_to(&g->event[i], place))
			d.writes |= event_bit(i);
	d.mo.last = place;
	draw_next(&d, d.writes, 1);
	return d.count;
}
