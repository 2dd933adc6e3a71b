/* SPDX-License-Identifier: MIT */
/* Messages: what may be read, where a new one lands, and what is acquired with one. */
#include <stdlib.h>
#include <string.h>

#include "rc11.h"

static void grow(struct rc11 *m, struct task *t)
{
	uint32_t capacity = m->capacity * 2;
	struct message *message = realloc(m->message, capacity * sizeof(*message));
	struct link *link = realloc(m->link, capacity * sizeof(*link));
	uint16_t *views = realloc(m->message_views, (size_t)capacity * m->stride * sizeof(*views));

	m->message = message ? message : m->message;
	m->link = link ? link : m->link;
	m->message_views = views ? views : m->message_views;
	if (!message || !link || !views || m->messages >= MESSAGES_MAX)
		fibers_refuse(t, "There is no memory for %u writes of one execution", capacity);
	m->capacity = capacity;
}

static uint16_t new_message(struct rc11 *m, struct task *t, uint16_t location, uint64_t value)
{
	struct location *l = &m->location[location];
	uint16_t id;

	if (unlikely(m->messages + 1 >= m->capacity))
		grow(m, t);
	id = (uint16_t)m->messages++;
	m->message[id] = (struct message){
		.value = value, .location = location, .name = l->names++, .cpu = NO_CPU};
	m->link[id] = (struct link){0};
	return id;
}

/* A location that no execution has come to before: nothing is known of it in any view. */
static uint16_t add_location(struct rc11 *m, struct task *t, uint32_t place)
{
	uint16_t added = (uint16_t)m->locations;
	uint32_t views = m->memory.threads * VIEWS + 1;

	if (m->locations == m->locations_max)
		fibers_refuse(t, "There are more than %u atomic words", m->locations_max);
	for (uint32_t i = 0; i < views; i++)
		at_of(m, m->views + (size_t)i * m->stride)[added] =
			hw_of(m, m->views + (size_t)i * m->stride)[added] = 0;
	for (uint32_t i = 0; i < m->messages; i++)
		at_of(m, view_of_message(m, (uint16_t)i))[added] =
			hw_of(m, view_of_message(m, (uint16_t)i))[added] = 0;
	m->location[added] = (struct location){0};
	m->place[added] = place;
	m->location_at[place] = ++m->locations & UINT16_MAX;
	return added;
}

uint16_t location_of(struct rc11 *m, struct task *t, uint32_t place)
{
	uint16_t location = m->location_at[place];
	struct location *l;

	location = likely(location) ? (uint16_t)(location - 1) : add_location(m, t, place);
	l = &m->location[location];
	if (unlikely(!l->count)) {
		uint16_t id = new_message(m, t, location, word_peek(word_at(m, place)));

		memset(view_of_message(m, id), 0, m->stride * sizeof(*m->message_views));
		l->first = l->last = id;
		l->count = 1;
	}
	return location;
}

static void insert(struct rc11 *m, uint16_t id, uint16_t behind)
{
	struct location *l = &m->location[m->message[id].location];
	struct link *link = m->link;

	link[id].rank = (uint16_t)(link[behind].rank + 1);
	link[id].after = link[behind].after;
	link[behind].after = id;
	for (uint16_t i = link[id].after; i; i = link[i].after)
		link[i].rank++;
	if (l->last == behind)
		l->last = id;
	l->count++;
}

/* A number that stands in no location, for what @cpu knows now. */
static uint16_t keep_view(struct rc11 *m, struct task *t, uint16_t location)
{
	uint16_t id = new_message(m, t, location, 0);

	m->location[location].names--;
	view_copy(m, view_of_message(m, id), view_of(m, t->common.cpu, VIEW_NOW));
	return id;
}

/*
 * C11 and C17: a thread's later stores carry on the release sequence of its last release store. The
 * one that a read-modify-write, which read @from, goes on with itself, they do not.
 */
static void carry_on(struct rc11 *m, struct task *t, uint16_t id, uint16_t from, bool releases)
{
	uint16_t location = m->message[id].location;
	uint16_t *last = &m->released[t->common.cpu * m->locations_max + location];

	if (releases)
		*last = from ? keep_view(m, t, location) : id;
	else if (*last)
		view_join(m, view_of_message(m, id), view_of_message(m, *last));
}

uint16_t publish(struct rc11 *m, struct task *t, uint16_t behind, uint64_t value,
		 enum word_order order, uint16_t from)
{
	uint32_t cpu = t->common.cpu;
	uint16_t location = m->message[behind].location;
	uint16_t id = new_message(m, t, location, value);
	uint16_t *now = view_of(m, cpu, VIEW_NOW);
	const struct fibers *f = m->memory.fibers;

	m->message[id].cpu = (uint8_t)cpu;
	m->message[id].order = (uint8_t)order;
	if (order != ORDER_NONE)
		m->message[id].number = ++m->own[cpu].writes;
	m->message[id].from = from;
	m->message[id].step = (uint16_t)f->steps;
	m->message[id].site = m->memory.op[cpu].site;
	insert(m, id, behind);
	at_of(m, now)[location] = id;
	if (m->memory.uses.mixes)
		hw_of(m, now)[location] = id;
	view_copy(m, view_of_message(m, id),
		  order_releases(order) ? now : view_of(m, cpu, VIEW_RELEASED));
	if (m->released)
		carry_on(m, t, id, from, order_releases(order));
	if (from) {
		view_join(m, view_of_message(m, id), view_of_message(m, from));
		m->link[from].next = id;
	}
	if (order == ORDER_SEQ_CST)
		m->location[location].sc = id;
	if (unlikely(f->carrier != NULL))
		f->carrier->made(f->carrier->context, cpu, id, from, order);
	return id;
}

void read_message(struct rc11 *m, uint32_t cpu, uint16_t message, enum word_order order)
{
	const struct message *read = &m->message[message];
	const struct fibers *f = m->memory.fibers;
	uint16_t *now = view_of(m, cpu, VIEW_NOW);
	uint16_t *at = &at_of(m, now)[read->location];

	*at = later(m, *at, message);
	if (order_acquires(order))
		view_join(m, now, view_of_message(m, message));
	else if (m->memory.uses.collects)
		view_join(m, view_of(m, cpu, VIEW_ACQUIRED), view_of_message(m, message));
	m->own[cpu].graph =
		fibers_mix(m->own[cpu].graph, (uint64_t)read->location << 32 | event_of(read));
	if (unlikely(f->carrier != NULL))
		f->carrier->read(f->carrier->context, cpu, read->cpu == NO_CPU ? 0 : message,
				 order);
}

static void carry_fence(const struct rc11 *m, uint32_t cpu, enum word_order order)
{
	const struct weak_carrier *carrier = m->memory.fibers->carrier;

	if (unlikely(carrier != NULL))
		carrier->fence(carrier->context, cpu, order);
}

void seq_cst_fence(struct rc11 *m, uint32_t cpu)
{
	uint16_t *now = view_of(m, cpu, VIEW_NOW), *at = at_of(m, now);
	const uint16_t *order = at_of(m, scv_of(m));

	view_join(m, now, view_of(m, cpu, VIEW_ACQUIRED));
	for (uint32_t l = 0; l < m->locations; l++)
		at[l] = later(m, later(m, at[l], order[l]), m->location[l].sc);
	view_join_order(m, scv_of(m), now);
	view_copy(m, view_of(m, cpu, VIEW_RELEASED), now);
	carry_fence(m, cpu, ORDER_SEQ_CST);
}

void weaker_fence(struct rc11 *m, uint32_t cpu, enum word_order order)
{
	if (order_acquires(order)) {
		m->memory.met.collects = true;
		view_join(m, view_of(m, cpu, VIEW_NOW), view_of(m, cpu, VIEW_ACQUIRED));
	}
	if (order_releases(order))
		view_copy(m, view_of(m, cpu, VIEW_RELEASED), view_of(m, cpu, VIEW_NOW));
	carry_fence(m, cpu, order);
}

void pass_over(struct rc11 *m, uint32_t cpu, const struct op *op)
{
	uint16_t *at = &at_of(m, view_of(m, cpu, VIEW_NOW))[op->location];
	uint16_t seen = m->link[*at].rank ? *at : m->location[op->location].first;

	if (m->link[seen].after && m->message[seen].value == op->value)
		*at = m->link[seen].after;
}

uint16_t floor_of(const struct rc11 *m, uint32_t cpu, const struct op *op)
{
	const struct location *l = &m->location[op->location];
	uint16_t least = at_of(m, view_of(m, cpu, VIEW_NOW))[op->location];

	bool behind_fence = op->kind == OP_SLEEP || op->order == ORDER_FULL;

	if (op->order == ORDER_SEQ_CST || behind_fence) {
		if (m->memory.uses.mixes)
			least = later(m, least, hw_of(m, scv_of(m))[op->location]);
		least = later(m, least, l->sc);
	}
	/* It is behind a fence of its own. */
	if (behind_fence) {
		least = later(m, least, at_of(m, scv_of(m))[op->location]);
		least = later(m, least, at_of(m, view_of(m, cpu, VIEW_ACQUIRED))[op->location]);
	}
	return m->link[least].rank ? least : l->first;
}

/* Whether @op may read @message, or land directly behind it. */
static inline bool may_choose(const struct rc11 *m, const struct op *op, uint16_t message)
{
	switch (op->kind) {
	case OP_LOAD:
	case OP_SLEEP:
		return true;
	case OP_AWAIT:
		return m->message[message].value != op->value;
	case OP_RMW:
		if (op->expects && m->message[message].value != op->value)
			return true;
		return !m->link[message].next;
	default:
		/* Nothing goes between a message and its read-modify-write. */
		return !m->link[message].next;
	}
}

uint32_t rc11_options(struct memory *memory, uint32_t cpu, uint16_t *option)
{
	struct rc11 *m = rc11_of(memory);
	const struct op *op = &memory->op[cpu];
	uint32_t count = 0;
	uint16_t message, least;

	switch (op->kind) {
	case OP_LOAD:
	case OP_STORE:
	case OP_RMW:
	case OP_SLEEP:
	case OP_AWAIT:
		break;
	default:
		option[0] = 0;
		return 1;
	}
	message = least = floor_of(m, cpu, op);
	if (op->failure && op->failure != ORDER_SEQ_CST) {
		struct op failing = *op;

		failing.order = op->failure;
		message = floor_of(m, cpu, &failing);
	}
	while (m->location[op->location].count - m->link[message].rank > MEMORY_OPTIONS_MAX)
		message = m->link[message].after;
	for (; message; message = m->link[message].after)
		if (may_choose(m, op, message) && (m->link[message].rank >= m->link[least].rank ||
						   m->message[message].value != op->value))
			option[count++] = message;
	/* An await that gives up. */
	if (!count)
		option[count++] = 0;
	for (uint32_t i = 0; i < count / 2; i++) {
		uint16_t swap = option[i];

		option[i] = option[count - 1 - i];
		option[count - 1 - i] = swap;
	}
	return count;
}
