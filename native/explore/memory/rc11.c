/* SPDX-License-Identifier: MIT */
/* RC11 without load buffering: what accesses do. See rc11.h. */
#include "rc11.h"

#include <string.h>

static inline struct rc11 *rc11_of_weak(struct weak *weak)
{
	return (struct rc11 *)weak;
}

static void rc11_settle(struct weak *weak)
{
	struct rc11 *m = rc11_of_weak(weak);

	if (likely(!m->lent.word))
		return;
	m->lent.word->value = m->lent.newest;
	m->lent.word = NULL;
}

/* Have @message's value stand in the word of its location while the access runs. */
static void lend(struct rc11 *m, uint16_t message)
{
	uint16_t location = m->message[message].location;
	struct word *word = (struct word *)word_at(m, m->place[location]);

	if (message == newest_of(m, location))
		return;
	m->lent.word = word;
	m->lent.newest = word->value;
	word->value = m->message[message].value;
}

static void rc11_begin(struct weak *weak)
{
	struct rc11 *m = rc11_of_weak(weak);
	uint32_t views = m->memory.threads * VIEWS + 3;

	m->messages = 1;
	m->logged = 0;
	m->lent.word = m->write.word = NULL;
	weak->news = 0;
	memset(m->views, 0, (size_t)views * m->stride * sizeof(*m->views));
	memset(m->own, 0, sizeof(m->own));
	memset(m->memory.op, 0, sizeof(m->memory.op));
	for (uint32_t l = 0; l < m->locations; l++)
		m->location[l] = (struct location){.is_lock = m->location[l].is_lock};
	for (uint32_t i = 0; i < m->plains; i++)
		plain_forget(&m->plain[i]);
	if (m->released)
		memset(m->released, 0,
		       (size_t)m->memory.threads * m->locations_max * sizeof(*m->released));
}

static void rc11_spawned(struct weak *weak, uint32_t parent, uint32_t child)
{
	struct rc11 *m = rc11_of_weak(weak);

	view_copy(m, view_of(m, child, VIEW_NOW), view_of(m, parent, VIEW_NOW));
}

static bool is_pending_at_once(const struct op *op)
{
	return op->kind == OP_PLAIN_READ || op->kind == OP_PLAIN_WRITE ||
	       (op->kind == OP_STORE && op->order != ORDER_SEQ_CST) || op->kind == OP_TURN;
}

static bool rc11_announce(struct weak *weak, struct task *t, const struct word *w,
			  const struct access *access)
{
	struct rc11 *m = rc11_of_weak(weak);
	struct memory *memory = &m->memory;
	struct op *op = &memory->op[t->common.cpu];
	uint16_t option[MEMORY_OPTIONS_MAX];

	(void)w;
	m->write.word = NULL;
	*op = memory_op(memory, t, access);
	switch (op->kind) {
	case OP_LOCK:
	case OP_UNLOCK:
	case OP_GATE:
		op->location = location_of(m, t, op->place);
		m->location[op->location].is_lock = true;
		return false;
	case OP_SLEEP:
		op->sleepers = location_of(m, t, op->place + 1);
		op->location = location_of(m, t, op->place);
		return false;
	case OP_LOAD:
	case OP_STORE:
	case OP_RMW:
	case OP_AWAIT:
	case OP_TURN:
		op->location = location_of(m, t, op->place);
		break;
	default:
		break;
	}
	note_load(m, op);
	if (op->kind == OP_STORE && is_pending_at_once(op))
		return rc11_options(memory, t->common.cpu, option) == 1;
	return op->kind == OP_PLAIN_READ || op->kind == OP_PLAIN_WRITE;
}

/* What a search has to know before it begins. */
static void note_needs(struct memory *m, const struct op *op)
{
	bool access = op->kind == OP_LOAD || op->kind == OP_STORE || op->kind == OP_RMW;

	m->met.sc |= access && op->order == ORDER_SEQ_CST;
	m->met.sc_fence |= has_fence(op);
	m->met.collects |= op->kind == OP_FENCE || has_fence(op);
	m->met.mixes |= m->met.sc && m->met.sc_fence;
}

static void note_turn(struct rc11 *m, uint32_t cpu, bool pure, uint16_t message)
{
	struct own *own = &m->own[cpu];

	own->pure = pure;
	if (!pure)
		own->reads = 0;
	else if (message && own->reads < TURN_READS_MAX)
		own->read[own->reads++] = message;
}

/* The part of an access that reads. */
static void perform_read(struct rc11 *m, struct task *t, const struct op *op, uint16_t message)
{
	uint32_t cpu = t->common.cpu;
	bool fails = op->kind == OP_RMW && op->expects && m->message[message].value != op->value;
	enum word_order order = op->order;

	/* A store of a part of a word acquires nothing. */
	if (op->partly)
		order = ORDER_RELAXED;
	if (fails && op->failure)
		order = op->failure;
	note_read(m, cpu, message, op);
	if (order == ORDER_FULL)
		seq_cst_fence(m, cpu);
	read_message(m, cpu, message, order);
	note_turn(m, cpu, true, op->kind == OP_LOAD || fails ? message : 0);
	lend(m, message);
	if (op->kind != OP_RMW || fails)
		return;
	m->write.word = (struct word *)word_at(m, op->place);
	m->write.behind = m->write.from = message;
	m->write.cpu = cpu;
	m->write.order = op->order;
}

/* The lock of the kernel's queue, a full fence, and the look at the value. */
static void perform_sleep(struct rc11 *m, struct task *t, const struct op *op, uint16_t message)
{
	uint32_t cpu = t->common.cpu;
	uint16_t sleepers = newest_of(m, op->sleepers);

	read_message(m, cpu, sleepers, ORDER_ACQ_REL);
	seq_cst_fence(m, cpu);
	read_message(m, cpu, message, ORDER_ACQUIRE);
	note_turn(m, cpu, false, 0);
	lend(m, message);
	m->write.word = (struct word *)word_at(m, op->place + 1);
	m->write.behind = m->write.from = sleepers;
	m->write.cpu = cpu;
	m->write.order = ORDER_ACQ_REL;
}

/* Locks and gates: the last message holds all that was released before. */
static void perform_lock(struct rc11 *m, struct task *t, const struct op *op)
{
	uint32_t cpu = t->common.cpu;
	uint16_t last = newest_of(m, op->location);
	uint16_t *now = view_of(m, cpu, VIEW_NOW);

	if (op->kind != OP_UNLOCK)
		read_message(m, cpu, last, ORDER_ACQUIRE);
	if (op->kind != OP_LOCK)
		publish(m, t, last, 0, ORDER_RELEASE, last);
	at_of(m, now)[op->location] = 0;
	note_turn(m, cpu, false, 0);
}

static void perform_stop(struct rc11 *m, uint32_t cpu)
{
	uint16_t *now = view_of(m, cpu, VIEW_NOW);

	for (uint32_t i = 0; i < m->memory.threads; i++)
		view_join(m, now, view_of(m, i, VIEW_NOW));
	for (uint32_t i = 0; i < m->memory.threads; i++)
		view_join(m, view_of(m, i, VIEW_NOW), now);
	note_turn(m, cpu, false, 0);
}

void perform_access(struct rc11 *m, struct task *t)
{
	uint32_t cpu = t->common.cpu;
	const struct op *op = &m->memory.op[cpu];
	uint16_t message = 0;

	if (op->kind != OP_UNLOCK)
		message = memory_choose(&m->memory, cpu);
	note_needs(&m->memory, op);
	switch (op->kind) {
	case OP_LOAD:
	case OP_RMW:
		perform_read(m, t, op, message);
		plain_track(m, t, op, m->write.word != NULL);
		break;
	case OP_STORE:
		plain_track(m, t, op, true);
		m->write.word = (struct word *)word_at(m, op->place);
		m->write.behind = message;
		m->write.from = 0;
		m->write.cpu = cpu;
		m->write.order = op->order;
		note_turn(m, cpu, false, 0);
		break;
	case OP_SLEEP:
		perform_sleep(m, t, op, message);
		break;
	case OP_AWAIT:
		read_message(m, cpu, message, ORDER_ACQUIRE);
		note_turn(m, cpu, false, 0);
		if (message)
			lend(m, message);
		break;
	case OP_LOCK:
	case OP_UNLOCK:
	case OP_GATE:
		perform_lock(m, t, op);
		break;
	case OP_FENCE:
		if (op->order == ORDER_SEQ_CST)
			seq_cst_fence(m, cpu);
		else
			weaker_fence(m, cpu, op->order);
		note_turn(m, cpu, false, 0);
		break;
	case OP_STOP:
		perform_stop(m, cpu);
		break;
	case OP_TURN:
		pass_over(m, cpu, op);
		note_turn(m, cpu, false, 0);
		break;
	case OP_PLAIN_READ:
	case OP_PLAIN_WRITE:
		m->memory.met.tracks |= m->memory.fibers->next[cpu].kind == POINT_FREE;
		note_turn(m, cpu, false, 0);
		plain_access(m, t, op);
		break;
	default:
		note_turn(m, cpu, false, 0);
	}
}

/* A word that no access is announced to: if it is one that others read, all newer ones see that. */
static bool store_unannounced(struct rc11 *m, struct task *t, const struct word *w, uint64_t value)
{
	uint64_t place = (uint64_t)(w - word_at(m, 0));
	bool plain = m->memory.op[t->common.cpu].kind == OP_PLAIN_WRITE;
	uint16_t location;

	if (place * sizeof(*w) >= m->memory.fibers->hot.memory_bytes || !m->location_at[place])
		return true;
	location = (uint16_t)(m->location_at[place] - 1);
	if (m->location[location].count && !m->location[location].is_lock)
		publish(m, t, newest_of(m, location), value, plain ? ORDER_NONE : ORDER_RELEASE, 0);
	/* All others stand still meanwhile, and go on with that. */
	if (m->memory.op[t->common.cpu].kind == OP_STOP)
		perform_stop(m, t->common.cpu);
	return true;
}

static bool rc11_store(struct weak *weak, struct task *t, struct word *w, uint64_t value)
{
	struct rc11 *m = rc11_of_weak(weak);
	uint32_t cpu = t->common.cpu;
	uint16_t behind = m->write.behind, from = m->write.from, id;
	uint64_t was;

	rc11_settle(weak);
	if (unlikely(m->write.word != w || m->write.cpu != cpu))
		return store_unannounced(m, t, w, value);
	m->write.word = NULL;
	was = m->message[behind].value;
	news_before(m, cpu);
	id = publish(m, t, behind, value, m->write.order, from);
	note_landed(m, cpu, id);
	if (m->write.order == ORDER_FULL)
		seq_cst_fence(m, cpu);
	news_behind(m, cpu);
	if (m->memory.op[cpu].kind == OP_RMW)
		note_turn(m, cpu, value == was, id);
	if (!m->link[id].after)
		return true;
	if (m->memory.fibers->hot.watching)
		fibers_watch_write(t, w, was, value);
	return false;
}

static void rc11_wrote_nothing(struct weak *weak, struct task *t)
{
	struct rc11 *m = rc11_of_weak(weak);

	rc11_settle(weak);
	if (m->write.word)
		note_turn(m, t->common.cpu, true, m->write.from);
	m->write.word = NULL;
}

static bool rc11_wrote_the_same(struct weak *weak, struct task *t)
{
	struct rc11 *m = rc11_of_weak(weak);
	struct word *w = m->write.word;

	if (!w || m->memory.op[t->common.cpu].kind != OP_RMW)
		return false;
	rc11_store(weak, t, w, m->message[m->write.from].value);
	return true;
}

static void rc11_fence(struct weak *weak, struct task *t, enum word_order order,
		       const struct site *site)
{
	struct rc11 *m = rc11_of_weak(weak);
	uint32_t cpu = t->common.cpu;
	struct site_row *row;
	uint16_t number = sites_number(&m->memory.sites, site);

	if (number == UINT16_MAX)
		fibers_refuse(t, "There are too many sites");
	row = &m->memory.sites.row[number];
	row->has_order |= order != ORDER_NONE;
	if (row->order)
		order = row->order;
	news_before(m, cpu);
	weaker_fence(m, cpu, order);
	news_behind(m, cpu);
	note_turn(m, cpu, false, 0);
}

static bool rc11_can_wake(struct weak *weak, uint32_t cpu)
{
	const struct rc11 *m = rc11_of_weak(weak);
	const struct op *op = &m->memory.op[cpu];
	uint16_t message = at_of(m, view_of(m, cpu, VIEW_NOW))[op->location];

	if (!m->link[message].rank)
		message = m->location[op->location].first;
	for (; message; message = m->link[message].after)
		if (m->message[message].value != op->value)
			return true;
	return false;
}

static bool rc11_turned(struct weak *weak, struct task *t)
{
	return weak->undoes && rc11_of_weak(weak)->own[t->common.cpu].pure;
}

static uint32_t rc11_flushes(struct weak *weak)
{
	(void)weak;
	return 0;
}

static void rc11_flush(struct weak *weak, uint32_t chosen)
{
	(void)weak;
	machine_bug("RC11 has no store buffer of choice %u", chosen);
}

const struct weak_ops rc11_weak_ops = {
	.begin = rc11_begin,
	.spawned = rc11_spawned,
	.settle = rc11_settle,
	.announce = rc11_announce,
	.perform = rc11_perform,
	.store = rc11_store,
	.wrote_nothing = rc11_wrote_nothing,
	.wrote_the_same = rc11_wrote_the_same,
	.fill = rc11_fill,
	.pass_over = rc11_pass_over,
	.fence = rc11_fence,
	.can_wake = rc11_can_wake,
	.turned = rc11_turned,
	.has_news = rc11_has_news,
	.readable = rc11_readable,
	.flushes = rc11_flushes,
	.flush = rc11_flush,
};
