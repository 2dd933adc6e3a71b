/* SPDX-License-Identifier: MIT */
/* Judges a coherent graph as a whole: the order of seq_cst, x86-TSO's and sequential consistency.
 */
#include "graph.h"

/* Within each place: modification order, and reads before the writes that follow what they saw. */
struct communication {
	struct relation mo, fr;
};

static struct communication communication_of(const struct graph *g)
{
	struct communication c = {0};

	for (uint32_t a = 0; a < g->count; a++) {
		for (uint32_t b = 0; b < g->count; b++) {
			const struct event *one = &g->event[a], *other = &g->event[b];
			const struct mo *mo;

			if (a == b || !other->writes || !same_place(one, other))
				continue;
			mo = g->mo[other->place];
			if (one->writes && mo->rank[a] < mo->rank[b])
				relate(&c.mo, a, b);
			if (one->reads && mo->rank[one->source] < mo->rank[b])
				relate(&c.fr, a, b);
		}
	}
	return c;
}

static bool is_sc(const struct event *e)
{
	return e->order == ORDER_SEQ_CST;
}

/* po;hb;po with both ends of po at different places; of GenMC with any, an RMW being two events. */
static struct relation around(const struct graph *g)
{
	struct relation first = g->po, second = g->po, r;

	for (uint32_t a = 0; a < g->count; a++) {
		if (g->axioms == AXIOMS_GENMC) {
			if (g->event[a].reads && g->event[a].writes)
				relate(&second, a, a);
			continue;
		}
		for (uint32_t b = 0; b < g->count; b++)
			if (same_place(&g->event[a], &g->event[b]))
				first.of[a] &= ~event_bit(b);
		second.of[a] = first.of[a];
	}
	r = then(&first, &g->hb);
	return then(&r, &second);
}

static struct relation scb_of(const struct graph *g, const struct communication *c)
{
	struct relation scb = around(g);

	for (uint32_t a = 0; a < g->count; a++) {
		scb.of[a] |= g->po.of[a] | c->mo.of[a] | c->fr.of[a];
		for (uint32_t b = 0; b < g->count; b++)
			if (same_place(&g->event[a], &g->event[b]) && related(&g->hb, a, b))
				relate(&scb, a, b);
	}
	return scb;
}

/* The partial order of seq_cst accesses and fences. */
static struct relation psc_of(const struct graph *g, const struct communication *c)
{
	const struct relation scb = scb_of(g, c);
	struct relation eco = either(&c->mo, &c->fr), extended, psc = {0};

	eco = either(&eco, &g->rf);
	eco = closure(eco, g->count);
	extended = then(&g->hb, &eco);
	extended = then(&extended, &g->hb);
	for (uint32_t a = 0; a < g->count; a++) {
		event_set from = event_bit(a), to;

		if (!is_sc(&g->event[a]))
			continue;
		if (g->event[a].fence)
			from |= g->hb.of[a];
		to = image(&scb, from);
		for (uint32_t b = 0; b < g->count; b++) {
			event_set at = event_bit(b);

			if (!is_sc(&g->event[b]))
				continue;
			if (to & at || (g->event[b].fence && image(&g->hb, to) & at))
				relate(&psc, a, b);
			if (g->event[a].fence && g->event[b].fence &&
			    (g->hb.of[a] | extended.of[a]) & at)
				relate(&psc, a, b);
		}
	}
	return psc;
}

static bool c11_is_consistent(const struct graph *g, const struct communication *c)
{
	const struct relation psc = psc_of(g, c);
	struct relation order = either(&g->po, &g->rf);

	if (!acyclic(&psc, g->count))
		return false;
	if (g->axioms == AXIOMS_APPEND)
		order = either(&order, &c->mo);
	if (g->axioms == AXIOMS_RC11 || g->axioms == AXIOMS_APPEND)
		order = either(&order, &psc);
	return acyclic(&order, g->count);
}

static bool sc_is_consistent(const struct graph *g, const struct communication *c)
{
	struct relation order = either(&g->po, &g->rf);

	order = either(&order, &c->mo);
	order = either(&order, &c->fr);
	return acyclic(&order, g->count);
}

/* Whether the access waits until its thread's store buffer is empty. */
static bool drains(const struct event *e)
{
	return e->op->kind == 'C' || (e->reads && e->writes) || (e->writes && is_sc(e));
}

/* Of two events in program order: whether no CPU's buffer lets the second pass the first. */
static bool tso_keeps(const struct graph *g, uint32_t a, uint32_t b)
{
	const struct event *one = &g->event[a], *other = &g->event[b];

	if (!one->op)
		return true;
	if (one->fence || other->fence)
		return (one->fence && is_sc(one)) || (other->fence && is_sc(other));
	return drains(one) || drains(other) || one->reads || other->writes;
}

static bool tso_is_consistent(const struct graph *g, const struct communication *c)
{
	struct relation order = either(&c->mo, &c->fr);

	for (uint32_t a = 0; a < g->count; a++) {
		for (uint32_t b = 0; b < g->count; b++) {
			if (related(&g->rf, a, b) && g->event[a].thread != g->event[b].thread)
				relate(&order, a, b);
			if (related(&g->po, a, b) && tso_keeps(g, a, b))
				relate(&order, a, b);
		}
	}
	return acyclic(&order, g->count);
}

bool is_consistent(const struct graph *g)
{
	const struct communication c = communication_of(g);

	switch (g->axioms) {
	case AXIOMS_SC:
		return sc_is_consistent(g, &c);
	case AXIOMS_TSO:
		return tso_is_consistent(g, &c);
	default:
		return c11_is_consistent(g, &c);
	}
}
