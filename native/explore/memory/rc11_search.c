/* SPDX-License-Identifier: MIT */
/* RC11 as searches see it: see memory.h. */
#include <stdlib.h>

#include "arrays.h"
#include "fresh.h"
#include "rc11.h"

#define MESSAGES_FIRST 256

static uint32_t number_of(const struct memory *memory, uint32_t cpu, uint16_t option)
{
	const struct rc11 *m = (const struct rc11 *)memory;

	(void)cpu;
	if (!option)
		return 0;
	return m->location[m->message[option].location].count - 1u - m->link[option].rank;
}

static uint32_t name_of(const struct memory *memory, uint16_t option)
{
	const struct rc11 *m = (const struct rc11 *)memory;
	uint32_t name = option ? m->message[option].name : 0;

	return name < MEMORY_NAMES ? name : MEMORY_NAMES;
}

static bool runs_at_once(struct memory *memory, uint32_t cpu)
{
	const struct op *op = &memory->op[cpu];

	switch (op->kind) {
	case OP_PLAIN_READ:
	case OP_PLAIN_WRITE:
		return true;
	case OP_STORE:
		return op->order != ORDER_SEQ_CST;
	case OP_TURN:
		return memory->weak.ops->can_wake(&memory->weak, cpu);
	default:
		return false;
	}
}

/* It takes part in the one order of all fences. */
static inline bool is_global(const struct op *op)
{
	return has_fence(op) || op->wakes;
}

static inline bool is_sync(const struct op *op)
{
	return op->kind == OP_LOCK || op->kind == OP_GATE || op->kind == OP_UNLOCK;
}

static bool dependent(const struct memory *memory, uint32_t first, uint32_t second)
{
	const struct op *a = &memory->op[first], *b = &memory->op[second];
	bool both, same;

	if (a->kind == OP_STOP || b->kind == OP_STOP)
		return true;
	if (is_sync(a) || is_sync(b))
		return a->place < b->place + b->words && b->place < a->place + a->words;
	if (!(is_global(a) || a->order == ORDER_SEQ_CST) ||
	    !(is_global(b) || b->order == ORDER_SEQ_CST))
		return false;
	both = is_global(a) || is_global(b);
	same = a->location == b->location && !(a->kind == OP_LOAD && b->kind == OP_LOAD);
	return both || same;
}

static bool spins(struct memory *memory, uint32_t cpu, uint64_t vain)
{
	const struct rc11 *m = (const struct rc11 *)memory;
	const struct op *op = &memory->op[cpu];
	const struct own *own = &m->own[cpu];
	uint32_t name;

	switch (op->kind) {
	case OP_AWAIT:
	case OP_TURN:
		return !memory->weak.ops->can_wake(&memory->weak, cpu);
	case OP_LOCK:
		return true;
	case OP_LOAD:
	case OP_RMW:
		break;
	default:
		return false;
	}
	/* All that the turn has read there has to be the newest still. */
	for (uint32_t i = 0; i < own->reads; i++)
		if (m->message[own->read[i]].location == op->location &&
		    m->link[own->read[i]].after)
			return false;
	name = name_of(memory, newest_of(m, op->location));
	return name < MEMORY_NAMES && vain >> name & 1;
}

static void rc11_free(struct memory *memory)
{
	struct rc11 *m = rc11_of(memory);

	free(m->location_at);
	free(m->plain_at);
	free(m->place);
	free(m->location);
	free(m->plain);
	free(m->views);
	free(m->released);
	free(m->message);
	free(m->link);
	free(m->message_views);
	free(m->least);
	free(m->is_loaded);
	free(m->log);
	free(m);
}

static const struct memory_ops ops = {
	.options = rc11_options,
	.number = number_of,
	.name = name_of,
	.runs_at_once = runs_at_once,
	.dependent = dependent,
	.spins = spins,
	.hash = rc11_hash,
	.graph = rc11_graph,
	.bytes = rc11_bytes,
	.save = rc11_save,
	.restore = rc11_restore,
	.free = rc11_free,
};

/* Returns whether there was memory. */
static bool allocate(struct rc11 *m, uint64_t words)
{
	uint32_t threads = m->memory.threads;

	m->location_at = array_new(words + 1, 1, sizeof(*m->location_at));
	m->plain_at = array_new(words + 1, 1, sizeof(*m->plain_at));
	m->place = array_new(m->locations_max, 1, sizeof(*m->place));
	m->location = array_new(m->locations_max, 1, sizeof(*m->location));
	m->least = array_new(m->locations_max, 1, sizeof(*m->least));
	m->is_loaded = array_new(m->locations_max, 1, sizeof(*m->is_loaded));
	m->plain = array_new(PLAINS_MAX, 1, sizeof(*m->plain));
	m->views = array_new(threads * VIEWS + 3, m->stride, sizeof(*m->views));
	m->message = array_new(MESSAGES_FIRST, 1, sizeof(*m->message));
	m->link = array_new(MESSAGES_FIRST, 1, sizeof(*m->link));
	m->message_views = array_new(MESSAGES_FIRST, m->stride, sizeof(*m->message_views));
	m->log = array_new(LOG_MAX, 1, sizeof(*m->log));
	m->capacity = MESSAGES_FIRST;
	m->messages = 1;
	return m->location_at && m->plain_at && m->place && m->location && m->least &&
	       m->is_loaded && m->plain && m->views && m->message && m->link && m->message_views &&
	       m->log;
}

struct memory *rc11_new(struct fibers *f, bool c11_sequences)
{
	uint64_t words = f->hot.memory_bytes / sizeof(struct word);
	struct rc11 *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->memory.ops = &ops;
	m->memory.weak.ops = &rc11_weak_ops;
	m->memory.threads = f->cpus - 1;
	m->memory.fibers = f;
	m->locations_max = words < LOCATIONS_MAX ? (uint32_t)words + 1 : LOCATIONS_MAX;
	m->clocks = (m->memory.threads + 3) / 4 * 4;
	m->stride = m->clocks + 2 * m->locations_max;
	if (c11_sequences)
		m->released = array_new(m->memory.threads, m->locations_max, sizeof(*m->released));
	if (allocate(m, words) && !c11_sequences == !m->released)
		return &m->memory;
	rc11_free(&m->memory);
	return NULL;
}
