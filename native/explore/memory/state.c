/* SPDX-License-Identifier: MIT */
/*
 * How two states of RC11 differ, and what is kept to come back to one. Messages that every
 * running thread must not read behind are gone: what a view says of them is nothing, and so are
 * times of plain accesses that all know. What is left counts by where it stands above them.
 *
 * Of a location that is only updated and stored to, a message that was updated is gone, too: no
 * update reads it, and no store lands behind it. So threads that count in one word, and do not look
 * at it, do not tell states apart by the order in which they came. Whether a location is loaded
 * shows while a search goes on, and in time: of two states that would be taken for one, all behind
 * the first was searched before the second is hashed, a load among it, and the second counts all.
 */
#include <string.h>

#include "rc11.h"

#define FACTS_MAX 256 /* accesses of plain data that some thread does not know; more: see below */

/* That @cpu's access of @time happened before. */
struct fact {
	uint16_t time;
	uint8_t cpu;
};

struct facts {
	const struct rc11 *m;
	uint16_t least[FIBERS_MAX]; /* of each thread's clock, what all know */
	struct fact fact[FACTS_MAX];
	uint32_t count;
	bool too_many; /* clocks count as they are */
	uint64_t hash; /* of what they are about */
};

void note_load(struct rc11 *m, const struct op *op)
{
	bool loads = op->kind == OP_LOAD || op->kind == OP_SLEEP || op->kind == OP_AWAIT ||
		     op->kind == OP_TURN || (op->kind == OP_RMW && op->expects);

	if (loads)
		m->is_loaded[op->location] = true;
}

/* Whether what was updated there is out of reach: nobody loads, and nothing lands behind it. */
static inline bool hides_updated(const struct rc11 *m, uint32_t location)
{
	return !m->memory.uses.loads && !m->is_loaded[location];
}

/* Returns the standing of the newest message of @location. */
static uint16_t find_standings(const struct rc11 *m, uint32_t location)
{
	bool hides = hides_updated(m, location);
	uint16_t standing = 0, last = 0;

	for (uint16_t i = m->location[location].first; i; i = m->link[i].after) {
		m->link[i].standing = last = standing;
		standing += !hides || !m->link[i].next;
	}
	return last;
}

static void find_least(struct rc11 *m, struct facts *facts)
{
	uint32_t running = m->memory.fibers->running;

	for (uint32_t l = 0; l < m->locations; l++)
		m->least[l] = find_standings(m, l);
	memset(facts->least, 0xff, sizeof(facts->least));
	for (; running; running &= running - 1) {
		uint16_t *now = view_of(m, (uint32_t)__builtin_ctz(running), VIEW_NOW);
		const uint16_t *at = at_of(m, now);

		for (uint32_t l = 0; l < m->locations; l++)
			if (m->link[at[l]].standing < m->least[l])
				m->least[l] = m->link[at[l]].standing;
		for (uint32_t i = 0; i < m->memory.threads; i++)
			if (now[i] < facts->least[i])
				facts->least[i] = now[i];
	}
}

static inline uint64_t fold(uint64_t hash, uint64_t value)
{
	return hash * UINT64_C(0xd6e8feb86659fd93) + value + 1;
}

static inline void add_fact(struct facts *facts, uint32_t cpu, uint16_t time, uint64_t about)
{
	if (time <= facts->least[cpu])
		return;
	facts->hash = fold(facts->hash, about);
	if (facts->count < FACTS_MAX)
		facts->fact[facts->count++] = (struct fact){time, (uint8_t)cpu};
	else
		facts->too_many = true;
}

/* Which thread wrote is of no interest, only which threads know. */
static void find_facts(const struct rc11 *m, struct facts *facts)
{
	facts->count = 0;
	facts->too_many = false;
	facts->hash = 0;
	for (uint32_t i = 0; i < m->plains; i++) {
		const struct plain *p = &m->plain[i];
		uint64_t about = (uint64_t)i << 8;

		add_fact(facts, p->writer, p->write, about);
		for (uint32_t cpu = 0; cpu < m->memory.threads; cpu++) {
			add_fact(facts, cpu, p->read[cpu], about | 32 | cpu);
			if (!m->memory.uses.tracks)
				continue;
			add_fact(facts, cpu, p->loaded[cpu], about | 64 | cpu);
			add_fact(facts, cpu, p->stored[cpu], about | 128 | cpu);
		}
	}
}

/* Which of them @view knows; 0: none. */
static inline uint64_t hash_of_known(const struct facts *facts, const uint16_t *view)
{
	uint64_t hash = 0, known = 0;

	for (uint32_t i = 0; i < facts->count; i++) {
		known |= (uint64_t)(view[facts->fact[i].cpu] >= facts->fact[i].time) << i % 64;
		if (i % 64 == 63 && known) {
			hash += fibers_mix(i, known);
			known = 0;
		}
	}
	for (uint32_t i = 0; unlikely(facts->too_many) && i < facts->m->memory.threads; i++)
		hash += fibers_mix(FACTS_MAX + i, view[i]);
	return known ? hash + fibers_mix(FACTS_MAX, known) : hash;
}

/* Where messages stand above what all know; 0: nowhere. A location that is not met yet is as one
 * that nobody knows anything of. */
static inline uint64_t hash_of_messages(const struct rc11 *m, const uint16_t *at, uint64_t seed)
{
	uint64_t hash = 0;

	for (uint32_t l = 0; l < m->locations; l++) {
		uint32_t standing = m->link[at[l]].standing;

		if (standing > m->least[l])
			hash += fibers_mix(seed + l, standing - m->least[l]);
	}
	return hash;
}

static uint64_t hash_of_order(const struct rc11 *m, uint16_t *view)
{
	uint64_t hash = hash_of_messages(m, at_of(m, view), 0);

	if (m->memory.uses.mixes)
		hash += hash_of_messages(m, hw_of(m, view), LOCATIONS_MAX);
	return hash;
}

static uint64_t hash_of_view(const struct facts *facts, uint16_t *view)
{
	return hash_of_order(facts->m, view) + hash_of_known(facts, view);
}

static uint64_t hash_of_thread(const struct facts *facts, uint32_t cpu)
{
	const struct rc11 *m = facts->m;
	uint16_t *now = view_of(m, cpu, VIEW_NOW);
	uint64_t hash = fold(cpu, hash_of_view(facts, now));

	if (m->memory.uses.collects) {
		uint16_t *all = view_of(m, m->memory.threads, 1);

		view_copy(m, all, view_of(m, cpu, VIEW_ACQUIRED));
		view_join(m, all, now);
		hash = fold(hash, hash_of_view(facts, all));
	}
	hash = fold(hash, hash_of_view(facts, view_of(m, cpu, VIEW_RELEASED)));
	for (uint32_t l = 0; m->released && l < m->locations; l++) {
		uint16_t last = m->released[cpu * m->locations_max + l];

		if (last)
			hash += fibers_mix(l, hash_of_view(facts, view_of_message(m, last)));
	}
	return fibers_mix(hash, cpu);
}

/* What the newest message holds is in memory; where it alone is left, only its view counts. */
static uint64_t hash_of_location(const struct facts *facts, uint32_t location)
{
	const struct rc11 *m = facts->m;
	const struct location *l = &m->location[location];
	uint32_t standing = m->link[l->sc].standing;
	bool hides = hides_updated(m, location);
	uint64_t hash = 0, told = 0;

	if (!l->count)
		return 0;
	for (uint16_t i = l->is_lock ? l->last : l->first; i; i = m->link[i].after) {
		if (!l->is_lock && m->link[i].standing < m->least[location])
			continue;
		if (hides && m->link[i].next)
			continue;
		told = hash_of_view(facts, view_of_message(m, i));
		if (m->link[i].after)
			hash = fold(fold(fold(hash, m->message[i].value), m->link[i].next != 0),
				    told);
	}
	hash = hash ? fold(hash, told) : told;
	if (standing > m->least[location])
		hash += standing - m->least[location];
	return hash ? fibers_mix(hash, location) : 0;
}

uint64_t rc11_hash(struct memory *memory)
{
	struct rc11 *m = rc11_of(memory);
	struct facts facts;
	uint64_t hash;

	facts.m = m;
	find_least(m, &facts);
	find_facts(m, &facts);
	hash = facts.hash;
	for (uint32_t left = memory->fibers->running; left; left &= left - 1)
		hash += hash_of_thread(&facts, (uint32_t)__builtin_ctz(left));
	for (uint32_t l = 0; l < m->locations; l++)
		hash += hash_of_location(&facts, l);
	if (memory->met.sc_fence)
		hash += fibers_mix(hash_of_order(m, scv_of(m)), 1);
	return hash;
}

void rc11_readable(struct weak *weak, weak_see_fn see, void *context)
{
	struct rc11 *m = (struct rc11 *)weak;
	struct facts facts;

	find_least(m, &facts);
	for (uint32_t l = 0; l < m->locations; l++) {
		const struct location *location = &m->location[l];

		if (!location->count || location->is_lock)
			continue;
		for (uint16_t i = location->first; i; i = m->link[i].after)
			if (m->link[i].standing >= m->least[l])
				see(context, word_at(m, m->place[l]),
				    m->message[i].cpu == NO_CPU ? 0 : i, !m->link[i].after);
	}
}

uint64_t rc11_graph(const struct memory *memory)
{
	const struct rc11 *m = (const struct rc11 *)memory;
	uint64_t hash = 0;

	for (uint32_t cpu = 0; cpu < m->memory.threads; cpu++)
		hash = fibers_mix(hash, m->own[cpu].graph);
	for (uint32_t l = 0; l < m->locations; l++) {
		uint64_t order = m->place[l];

		for (uint16_t i = m->location[l].first; i; i = m->link[i].after)
			if (m->message[i].order != ORDER_NONE)
				order = fibers_mix(order, event_of(&m->message[i]));
		hash += fibers_mix(order, l);
	}
	return hash;
}

/* --- coming back --- */

struct header {
	uint32_t messages, locations, plains;
};

static size_t view_bytes(const struct rc11 *m)
{
	return (m->clocks + (m->memory.uses.mixes ? 2 : 1) * m->locations) * sizeof(*m->views);
}

size_t rc11_bytes(const struct memory *memory)
{
	const struct rc11 *m = (const struct rc11 *)memory;
	size_t bytes = sizeof(struct header) +
		       memory->threads * (sizeof(*m->own) + sizeof(*memory->op)) +
		       (memory->threads * VIEWS + 1) * view_bytes(m) +
		       m->locations * sizeof(*m->location) + m->messages * sizeof(*m->link) +
		       m->plains * sizeof(*m->plain);

	if (m->released)
		bytes += (size_t)memory->threads * m->locations_max * sizeof(*m->released);
	return (bytes + 63) / 64 * 64;
}

static char *put(char *to, const void *from, size_t bytes)
{
	memcpy(to, from, bytes);
	return to + bytes;
}

void rc11_save(const struct memory *memory, void *where)
{
	const struct rc11 *m = (const struct rc11 *)memory;
	uint32_t views = memory->threads * VIEWS + 1;
	size_t half = (m->clocks + m->locations) * sizeof(*m->views);
	char *to = where;

	to = put(to, &(struct header){m->messages, m->locations, m->plains}, sizeof(struct header));
	to = put(to, m->own, memory->threads * sizeof(*m->own));
	to = put(to, memory->op, memory->threads * sizeof(*memory->op));
	for (uint32_t i = 0; i < views; i++) {
		uint16_t *view = m->views + (size_t)i * m->stride;

		to = put(to, view, half);
		if (memory->uses.mixes)
			to = put(to, hw_of(m, view), m->locations * sizeof(*view));
	}
	to = put(to, m->location, m->locations * sizeof(*m->location));
	to = put(to, m->link, m->messages * sizeof(*m->link));
	to = put(to, m->plain, m->plains * sizeof(*m->plain));
	if (m->released)
		put(to, m->released,
		    (size_t)memory->threads * m->locations_max * sizeof(*m->released));
}

static const char *get(void *to, const char *from, size_t bytes)
{
	memcpy(to, from, bytes);
	return from + bytes;
}

/* What was met after that was saved is as it was before. */
static void forget_new(struct rc11 *m, const struct header *header)
{
	uint32_t views = m->memory.threads * VIEWS + 1;

	for (uint32_t l = header->locations; l < m->locations; l++) {
		m->location[l] = (struct location){.is_lock = m->location[l].is_lock};
		for (uint32_t i = 0; i < views; i++) {
			at_of(m, m->views + (size_t)i * m->stride)[l] = 0;
			hw_of(m, m->views + (size_t)i * m->stride)[l] = 0;
		}
	}
	for (uint32_t i = header->plains; i < m->plains; i++)
		plain_forget(&m->plain[i]);
}

void rc11_restore(struct memory *memory, const void *where)
{
	struct rc11 *m = rc11_of(memory);
	uint32_t views = memory->threads * VIEWS + 1;
	const char *from = where;
	struct header header;

	from = get(&header, from, sizeof(header));
	from = get(m->own, from, memory->threads * sizeof(*m->own));
	from = get(memory->op, from, memory->threads * sizeof(*memory->op));
	for (uint32_t i = 0; i < views; i++) {
		uint16_t *view = m->views + (size_t)i * m->stride;

		from = get(view, from, (m->clocks + header.locations) * sizeof(*view));
		if (memory->uses.mixes)
			from = get(hw_of(m, view), from, header.locations * sizeof(*view));
	}
	from = get(m->location, from, header.locations * sizeof(*m->location));
	from = get(m->link, from, header.messages * sizeof(*m->link));
	from = get(m->plain, from, header.plains * sizeof(*m->plain));
	if (m->released)
		get(m->released, from,
		    (size_t)memory->threads * m->locations_max * sizeof(*m->released));
	m->messages = header.messages;
	m->write.word = NULL;
	m->lent.word = NULL;
	if (unlikely(header.locations < m->locations || header.plains < m->plains))
		forget_new(m, &header);
}
