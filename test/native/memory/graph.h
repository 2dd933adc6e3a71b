/* SPDX-License-Identifier: MIT */
/* Inside the oracle: one execution graph. Event n is the first value of place n, up to `places`. */
#ifndef DMTORTURE_GRAPH_H
#define DMTORTURE_GRAPH_H

#include "oracle.h"
#include "relation.h"

#define PLACE_WRITES 8	  /* of one place, its first value apart */
#define PLACE_ORDERS 5040 /* modification orders of one place */
#define NO_THREAD (-1)

struct event {
	const struct litmus_op *op; /* NULL: a first value */
	int32_t thread;
	uint8_t place;
	enum word_order order;
	bool fence, reads, writes;
	uint32_t source; /* reads: the event that it reads */
	uint32_t before; /* the read before it in its thread, or itself */
	bool valued;
	uint64_t got, put;
};

/* Ranks of a place's writes in modification order, by event; the first value has 0. */
struct mo {
	uint8_t rank[EVENTS_MAX];
	uint32_t last;
};

struct graph {
	const struct litmus *litmus;
	enum axioms axioms;
	bool c11_sequences;
	uint32_t count;
	struct event event[EVENTS_MAX];
	struct relation po, rf, hb;
	const struct mo *mo[LITMUS_PLACES];
	struct verdict *verdict;
};

static inline bool is_acquire(enum word_order o)
{
	return o == ORDER_ACQUIRE || o == ORDER_ACQ_REL || o == ORDER_SEQ_CST;
}

static inline bool is_release(enum word_order o)
{
	return o == ORDER_RELEASE || o == ORDER_ACQ_REL || o == ORDER_SEQ_CST;
}

static inline bool is_access_to(const struct event *e, uint32_t place)
{
	return !e->fence && e->place == place;
}

static inline bool same_place(const struct event *a, const struct event *b)
{
	return !b->fence && is_access_to(a, b->place);
}

/* hb.c: what happens before what; program order alone where the model is not of C11. */
struct relation happens_before(const struct graph *g);
/* Whether two plain accesses, or one and another, race. */
bool has_race(const struct graph *g);
/* coherence.c: the orders of @place's writes that coherence lets pass. Returns how many. */
uint32_t coherent_orders(const struct graph *g, uint32_t place, struct mo *orders);
/* axioms.c: whether the model lets the whole graph pass. */
bool is_consistent(const struct graph *g);

#endif
