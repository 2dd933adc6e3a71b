/* SPDX-License-Identifier: MIT */
/*
 * Sequential consistency and x86-TSO as machines: one step of one thread after the other, from
 * every state that was not met before. The second opinion on the axioms.
 */
#include <stdlib.h>
#include <string.h>

#include "oracle.h"

struct state {
	uint8_t memory[LITMUS_PLACES];
	uint8_t at[LITMUS_THREADS];
	uint8_t last[LITMUS_THREADS]; /* what it read last */
	uint8_t got[LITMUS_THREADS][LITMUS_OPS];
	uint8_t queued[LITMUS_THREADS]; /* stores in its buffer, the oldest first */
	uint8_t place[LITMUS_THREADS][LITMUS_OPS];
	uint8_t value[LITMUS_THREADS][LITMUS_OPS];
};

struct walk {
	const struct litmus *l;
	bool buffers;
	struct outcomes *outcomes;
	struct state *met; /* a table, by hash */
	uint8_t *used;
	uint32_t room, count;
};

static uint32_t slot_of(const struct walk *w, const struct state *s)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < sizeof(*s); i++)
		hash = (hash ^ ((const uint8_t *)s)[i]) * 16777619u;
	hash ^= hash >> 15;
	for (hash &= w->room - 1; w->used[hash]; hash = (hash + 1) & (w->room - 1))
		if (!memcmp(&w->met[hash], s, sizeof(*s)))
			break;
	return hash;
}

static void make_room(struct walk *w)
{
	struct walk old = *w;

	w->room = w->room ? w->room * 2 : 1024;
	w->met = calloc(w->room, sizeof(*w->met));
	w->used = calloc(w->room, 1);
	if (!w->met || !w->used)
		abort();
	for (uint32_t i = 0; i < old.room; i++) {
		uint32_t slot;

		if (!old.used[i])
			continue;
		slot = slot_of(w, &old.met[i]);
		w->met[slot] = old.met[i];
		w->used[slot] = 1;
	}
	free(old.met);
	free(old.used);
}

static bool is_new(struct walk *w, const struct state *s)
{
	uint32_t slot;

	if (w->count * 2 >= w->room)
		make_room(w);
	slot = slot_of(w, s);
	if (w->used[slot])
		return false;
	w->met[slot] = *s;
	w->used[slot] = 1;
	w->count++;
	return true;
}

static uint8_t load(const struct state *s, uint32_t t, uint32_t place)
{
	for (uint32_t i = s->queued[t]; i-- > 0;)
		if (s->place[t][i] == place)
			return s->value[t][i];
	return s->memory[place];
}

static void flush(struct state *s, uint32_t t)
{
	uint32_t left = --s->queued[t];

	s->memory[s->place[t][0]] = s->value[t][0];
	memmove(s->place[t], s->place[t] + 1, left);
	memmove(s->value[t], s->value[t] + 1, left);
	s->place[t][left] = s->value[t][left] = 0;
}

static bool waits_for_buffer(const struct litmus_op *op)
{
	return op->kind != 'R' &&
	       (op->order == ORDER_SEQ_CST || (op->kind != 'W' && op->kind != 'F'));
}

static void store(const struct walk *w, struct state *s, uint32_t t, const struct litmus_op *op,
		  uint8_t value)
{
	if (!w->buffers || waits_for_buffer(op)) {
		s->memory[op->place] = value;
		return;
	}
	s->place[t][s->queued[t]] = op->place;
	s->value[t][s->queued[t]++] = value;
}

static void step(const struct walk *w, struct state *s, uint32_t t)
{
	uint32_t at = s->at[t]++;
	const struct litmus_op *op = &w->l->op[t][at];
	uint8_t old;

	if (op->kind == 'F')
		return;
	if (op->kind == 'W') {
		store(w, s, t, op, op->forwards ? s->last[t] : op->value);
		return;
	}
	old = load(s, t, op->place);
	s->last[t] = s->got[t][at] = old;
	if (op->kind == 'C' && old == op->value)
		store(w, s, t, op, op->swap);
	if (op->kind == 'A' || op->kind == 'X')
		store(w, s, t, op, (uint8_t)litmus_result(op, old));
}

static void end(const struct walk *w, const struct state *s)
{
	uint64_t outcome = 0;

	for (uint32_t t = 0; t < w->l->threads; t++)
		for (uint32_t i = 0; i < w->l->length[t]; i++)
			if (litmus_reads(&w->l->op[t][i]))
				outcome = outcome << 4 | s->got[t][i];
	for (uint32_t p = 0; p < w->l->places; p++)
		outcome = outcome << 4 | s->memory[p];
	outcomes_add(w->outcomes, outcome);
}

static void go_on(struct walk *w, const struct state *s)
{
	bool over = true;

	if (!is_new(w, s))
		return;
	for (uint32_t t = 0; t < w->l->threads; t++) {
		if (s->queued[t]) {
			struct state next = *s;

			over = false;
			flush(&next, t);
			go_on(w, &next);
		}
		if (s->at[t] < w->l->length[t]) {
			struct state next = *s;

			over = false;
			if (s->queued[t] && waits_for_buffer(&w->l->op[t][s->at[t]]))
				continue;
			step(w, &next, t);
			go_on(w, &next);
		}
	}
	if (over)
		end(w, s);
}

void interleave(const struct litmus *l, bool buffers, struct outcomes *outcomes)
{
	struct walk w = {.l = l, .buffers = buffers, .outcomes = outcomes};
	struct state first;

	memset(&first, 0, sizeof(first));
	*outcomes = (struct outcomes){0};
	go_on(&w, &first);
	free(w.met);
	free(w.used);
}
