/* SPDX-License-Identifier: MIT */
/* x86-TSO: what accesses do. See tso.h. */
#include <string.h>

#include "tso.h"

/* The value of *@w for @cpu. */
static uint64_t seen_by(const struct tso *m, uint32_t cpu, const struct word *w)
{
	const struct buffer *b = &m->buffer[cpu];

	for (uint32_t i = b->count; i-- > 0;)
		if (b->entry[i].word == w)
			return b->entry[i].value;
	return word_peek(w);
}

/* The story has of a read what it did not see: the newest store that waits with another CPU. */
static void note_waiting(const struct tso *m, uint32_t reader, const struct word *w)
{
	const struct fibers *f = m->memory.fibers;
	struct sighted_write *missed;

	if (likely(!f->hot.watching) || !f->length)
		return;
	missed = &f->sighting[f->length - 1].missed;
	for (uint32_t cpu = 0; cpu < m->memory.threads; cpu++)
		for (uint32_t i = 0; i < m->buffer[cpu].count; i++) {
			const struct entry *e = &m->buffer[cpu].entry[i];

			if (e->word != w)
				continue;
			if (cpu == reader) { /* it reads its own */
				*missed = (struct sighted_write){0};
				return;
			}
			if (!missed->step || e->step < missed->step)
				*missed = (struct sighted_write){.step = e->step, .cpu = cpu};
		}
}

static void settle(struct weak *weak)
{
	struct tso *m = tso_of_weak(weak);

	if (likely(!m->lent.word))
		return;
	m->lent.word->value = m->lent.value;
	m->lent.word = NULL;
}

static void lend(struct tso *m, struct word *w, uint64_t value)
{
	if (value == w->value)
		return;
	m->lent.word = w;
	m->lent.value = w->value;
	w->value = value;
}

static void begin(struct weak *weak)
{
	struct tso *m = tso_of_weak(weak);

	m->lent.word = m->stored = NULL;
	memset(m->memory.op, 0, sizeof(m->memory.op));
	for (uint32_t cpu = 0; cpu < FLUSH_THREADS; cpu++)
		m->buffer[cpu].count = 0;
}

/* @t's oldest store goes to memory. */
static void flush_oldest(struct tso *m, struct task *t)
{
	struct buffer *b = &m->buffer[t->common.cpu];
	const struct weak_carrier *carrier = m->memory.fibers->carrier;
	struct entry oldest = b->entry[0];

	memmove(b->entry, b->entry + 1, --b->count * sizeof(b->entry[0]));
	m->flushes = true;
	word_store(t, oldest.word, oldest.value);
	if (carrier && carrier->landed)
		carrier->landed(carrier->context, t->common.cpu, oldest.word, oldest.value);
	m->flushes = false;
}

static void drain(struct tso *m, struct task *t)
{
	while (m->buffer[t->common.cpu].count)
		flush_oldest(m, t);
}

static void spawned(struct weak *weak, uint32_t parent, uint32_t child)
{
	struct tso *m = tso_of_weak(weak);

	(void)child;
	drain(m, fiber_task(&m->memory.fibers->fiber[parent]));
}

static bool announce(struct weak *weak, struct task *t, const struct word *w,
		     const struct access *access)
{
	struct tso *m = tso_of_weak(weak);
	struct op *op = &m->memory.op[t->common.cpu];

	(void)w;
	m->stored = NULL;
	*op = memory_op(&m->memory, t, access);
	if (weak->says & WEAK_ROUND)
		op->kind = OP_NONE;
	return is_buffered(op);
}

static void perform(struct weak *weak, struct task *t)
{
	struct tso *m = tso_of_weak(weak);
	uint32_t cpu = t->common.cpu;
	const struct op *op = &m->memory.op[cpu];
	uint16_t option = 0;

	if (op->kind != OP_UNLOCK)
		option = memory_choose(&m->memory, cpu);
	if (is_buffered(op)) {
		m->stored = option == OPTION_BUFFER ? word_at(m, op->place) : NULL;
		m->stored_by = cpu;
		return;
	}
	if (op->kind == OP_AWAIT || op->kind == OP_TURN || op->kind == OP_NONE)
		return;
	if (op->kind == OP_LOAD || (op->kind == OP_PLAIN_READ && op->words == 1)) {
		struct word *w = word_at(m, op->place);

		note_waiting(m, cpu, w);
		lend(m, w, seen_by(m, cpu, w));
		return;
	}
	drain(m, t);
}

static bool store(struct weak *weak, struct task *t, struct word *w, uint64_t value)
{
	struct tso *m = tso_of_weak(weak);
	uint32_t cpu = t->common.cpu;
	const struct weak_carrier *carrier = m->memory.fibers->carrier;
	struct buffer *b = &m->buffer[cpu];

	if (m->flushes)
		return true;
	settle(weak);
	if (m->stored != w || m->stored_by != cpu)
		return true;
	m->stored = NULL;
	if (unlikely(b->count == ENTRIES_MAX))
		flush_oldest(m, t);
	if (m->memory.fibers->hot.watching)
		fibers_watch_write(t, w, seen_by(m, cpu, w), value);
	b->entry[b->count++] =
		(struct entry){w, value, m->memory.sites.row[m->memory.op[cpu].site].site,
			       m->memory.fibers->steps};
	if (carrier && carrier->waits)
		carrier->waits(carrier->context, cpu, w, value);
	return false;
}

/* It is in memory, before all that is to come. */
static void fill(struct weak *weak, struct task *t, struct word *w, uint64_t value)
{
	(void)t;
	(void)w;
	(void)value;
	settle(weak);
}

/* What a thread reads is in its buffer, or the newest. */
static bool pass_over(struct weak *weak, struct task *t, const struct word *w)
{
	(void)weak;
	(void)t;
	(void)w;
	return false;
}

static void wrote_nothing(struct weak *weak, struct task *t)
{
	(void)t;
	settle(weak);
}

static bool wrote_the_same(struct weak *weak, struct task *t)
{
	(void)t;
	settle(weak);
	return false;
}

/* Only a full fence orders anything that is not ordered. */
static void tso_fence(struct weak *weak, struct task *t, enum word_order order,
		      const struct site *site)
{
	struct sites *sites = &tso_of_weak(weak)->memory.sites;
	uint16_t number = sites_number(sites, site);

	if (number == UINT16_MAX)
		fibers_refuse(t, "There are too many sites");
	sites->row[number].has_order |= order != ORDER_NONE;
}

static bool can_wake(struct weak *weak, uint32_t cpu)
{
	const struct tso *m = tso_of_weak(weak);
	const struct op *op = &m->memory.op[cpu];

	return seen_by(m, cpu, word_at(m, op->place)) != op->value;
}

/* Memory changes and changes back: a turn that only read is not done again. */
static bool turned(struct weak *weak, struct task *t)
{
	(void)weak;
	(void)t;
	return false;
}

static uint32_t flushes(struct weak *weak)
{
	const struct tso *m = tso_of_weak(weak);
	uint32_t mask = 0;

	for (uint32_t cpu = 0; cpu < m->memory.threads; cpu++)
		if (m->buffer[cpu].count)
			mask |= 1u << (FLUSH_FIRST + cpu);
	return mask;
}

/* A step without a task: its thread sees nothing of it. */
static void flush(struct weak *weak, uint32_t chosen)
{
	struct tso *m = tso_of_weak(weak);
	struct fibers *f = m->memory.fibers;
	uint32_t cpu = chosen - FLUSH_FIRST;
	const struct entry *oldest = &m->buffer[cpu].entry[0];

	settle(weak);
	if (f->hot.watching)
		f->sighting[f->length] = (struct sighting){0};
	f->trace[f->length++] = (struct access){.site = oldest->site,
						.place = (uint32_t)(oldest->word - word_at(m, 0)),
						.words = 1,
						.kind = POINT_WRITE,
						.cpu = cpu & 15};
	if (f->executed)
		f->executed(f->executed_context, &f->trace[f->length - 1]);
	flush_oldest(m, fiber_task(&f->fiber[cpu]));
}

static void drop(struct weak *weak, uint32_t cpu, uint32_t at)
{
	struct buffer *b = &tso_of_weak(weak)->buffer[cpu];

	settle(weak);
	memmove(&b->entry[at], &b->entry[at + 1], (--b->count - at) * sizeof(b->entry[0]));
}

const struct weak_ops tso_weak_ops = {
	.begin = begin,
	.spawned = spawned,
	.settle = settle,
	.announce = announce,
	.perform = perform,
	.store = store,
	.wrote_nothing = wrote_nothing,
	.wrote_the_same = wrote_the_same,
	.fill = fill,
	.pass_over = pass_over,
	.fence = tso_fence,
	.can_wake = can_wake,
	.turned = turned,
	.flushes = flushes,
	.flush = flush,
	.drop = drop,
};
