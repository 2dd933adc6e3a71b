/* SPDX-License-Identifier: MIT */
/* Draws up execution graphs: what each read reads, the values, then the order of writes. */
#include "graph.h"

static struct mo orders[LITMUS_PLACES][PLACE_ORDERS];
static uint32_t order_count[LITMUS_PLACES];

static void count_graph(struct graph *g)
{
	uint64_t outcome = 0;

	for (uint32_t i = g->litmus->places; i < g->count; i++)
		if (g->event[i].op && litmus_reads(g->event[i].op))
			outcome = outcome << 4 | g->event[i].got;
	for (uint32_t place = 0; place < g->litmus->places; place++)
		outcome = outcome << 4 | g->event[g->mo[place]->last].put;
	g->verdict->graphs++;
	outcomes_add(&g->verdict->outcomes, outcome);
}

static void choose_order(struct graph *g, uint32_t place)
{
	/* No test has more; a compiler that unrolls this does not know it. */
	if (place == LITMUS_PLACES || place == g->litmus->places) {
		if (!is_consistent(g))
			return;
		if (has_race(g))
			g->verdict->races = true;
		else
			count_graph(g);
		return;
	}
	for (uint32_t i = 0; i < order_count[place]; i++) {
		g->mo[place] = &orders[place][i];
		choose_order(g, place + 1);
	}
}

static void set_values(struct graph *g, uint32_t i)
{
	struct event *e = &g->event[i];

	if (e->valued)
		return;
	e->valued = true;
	if (e->reads) {
		set_values(g, e->source);
		e->got = g->event[e->source].put;
	}
	if (!e->op || e->fence)
		return;
	if (e->op->forwards) {
		set_values(g, e->before);
		e->put = e->before == i ? 0 : g->event[e->before].got;
		return;
	}
	e->put = litmus_result(e->op, e->got);
	if (e->op->kind != 'C')
		return;
	e->writes = e->got == e->op->value;
	e->put = e->op->swap;
}

static bool sources_write(const struct graph *g)
{
	for (uint32_t i = 0; i < g->count; i++)
		if (g->event[i].reads && !g->event[g->event[i].source].writes)
			return false;
	return true;
}

static void judge_sources(struct graph *g)
{
	for (uint32_t i = g->litmus->places; i < g->count; i++)
		g->event[i].valued = false;
	for (uint32_t i = 0; i < g->count; i++)
		set_values(g, i);
	if (!sources_write(g))
		return;
	g->hb = happens_before(g);
	for (uint32_t place = 0; place < g->litmus->places; place++) {
		order_count[place] = coherent_orders(g, place, orders[place]);
		if (!order_count[place])
			return;
	}
	choose_order(g, 0);
}

static bool may_write(const struct event *e)
{
	return !e->op || (e->op->kind != 'R' && e->op->kind != 'F');
}

static void choose_source(struct graph *g, uint32_t i)
{
	while (i < g->count && !g->event[i].reads)
		i++;
	if (i == g->count) {
		judge_sources(g);
		return;
	}
	for (uint32_t w = 0; w < g->count; w++) {
		const struct relation before = g->rf;
		struct relation porf;

		if (w == i || !may_write(&g->event[w]) || !same_place(&g->event[w], &g->event[i]))
			continue;
		g->event[i].source = w;
		relate(&g->rf, w, i);
		porf = either(&g->po, &g->rf);
		if (acyclic(&porf, g->count))
			choose_source(g, i + 1);
		g->rf = before;
	}
}

static void add_thread(struct graph *g, uint32_t t)
{
	uint32_t first = g->count, last_read = EVENTS_MAX;

	for (uint32_t k = 0; k < g->litmus->length[t]; k++) {
		const struct litmus_op *op = &g->litmus->op[t][k];
		uint32_t i = g->count++;

		g->event[i] = (struct event){.op = op,
					     .thread = (int32_t)t,
					     .place = op->place,
					     .order = op->order,
					     .fence = op->kind == 'F',
					     .reads = litmus_reads(op),
					     .writes = op->kind != 'R' && op->kind != 'F',
					     .before = last_read == EVENTS_MAX ? i : last_read};
		for (uint32_t j = 0; j < g->litmus->places; j++)
			relate(&g->po, j, i);
		for (uint32_t j = first; j < i; j++)
			relate(&g->po, j, i);
		if (g->event[i].reads)
			last_read = i;
	}
}

void oracle(const struct litmus *l, enum axioms axioms, bool c11_sequences, struct verdict *v)
{
	struct graph g = {
		.litmus = l, .axioms = axioms, .c11_sequences = c11_sequences, .verdict = v};

	*v = (struct verdict){0};
	for (; g.count < l->places; g.count++)
		g.event[g.count] = (struct event){.thread = NO_THREAD,
						  .place = (uint8_t)g.count,
						  .writes = true,
						  .valued = true};
	for (uint32_t t = 0; t < l->threads; t++)
		add_thread(&g, t);
	choose_source(&g, l->places);
}
