/* SPDX-License-Identifier: MIT */
/* What memory models share: an access is made an operation, and an option of it is chosen. */
#include "memory.h"

#include <errno.h>
#include <stdlib.h>

struct memory *memory_new(struct fibers *f, const struct explore_plan *plan)
{
	struct memory *m =
		plan->memory == EXPLORE_TSO ? tso_new(f) : rc11_new(f, plan->c11_sequences);

	if (!m)
		return NULL;
	m->weak.fibers = f;
	f->option = calloc(STEPS_MAX, sizeof(*f->option));
	if (!f->option) {
		memory_free(m);
		return NULL;
	}
	for (uint32_t i = 0; i < plan->order_count; i++) {
		uint16_t number = sites_number(&m->sites, plan->orders[i].site);

		if (number == UINT16_MAX) {
			memory_free(m);
			return NULL;
		}
		m->sites.row[number].order = plan->orders[i].order;
	}
	memory_uses_all(m);
	f->hot.weak = &m->weak;
	f->hot.weakly = true;
	f->weak_choice = plan->memory == EXPLORE_TSO;
	return m;
}

void memory_free(struct memory *m)
{
	if (!m)
		return;
	m->fibers->hot.weak = NULL;
	m->fibers->hot.weakly = false;
	m->fibers->weak_choice = false;
	sites_free(&m->sites);
	m->ops->free(m);
}

void memory_uses_all(struct memory *m)
{
	m->uses = (struct memory_needs){
		.collects = true, .mixes = true, .tracks = true, .loads = true};
}

static enum op_kind kind_of(const struct access *access, uint32_t says)
{
	if (says & WEAK_SLEEPS)
		return OP_SLEEP;
	switch (access->kind) {
	case POINT_READ:
		return says & WEAK_NEWEST ? OP_GATE : OP_LOAD;
	case POINT_WRITE:
		return says & WEAK_NEWEST ? OP_GATE : says & WEAK_PARTLY ? OP_RMW : OP_STORE;
	case POINT_RMW:
		return says & WEAK_NEWEST ? OP_GATE : OP_RMW;
	/* Of plain data whose program has its own look at what orders it. */
	case POINT_READ_PLAIN:
		return says & WEAK_NEWEST ? OP_NONE : OP_PLAIN_READ;
	case POINT_WRITE_PLAIN:
	case POINT_FREE:
		return says & WEAK_NEWEST ? OP_NONE : OP_PLAIN_WRITE;
	case POINT_AWAIT:
		return says & WEAK_TURN ? OP_TURN : OP_AWAIT;
	case POINT_UNLOCK:
	case ACCESS_UNLOCK_SHARED:
		return OP_UNLOCK;
	case POINT_STOP:
		return OP_STOP;
	case ACCESS_FENCE:
		return OP_FENCE;
	default:
		return OP_LOCK;
	}
}

/* What a bare access has that says nothing: see machine.h. */
static enum word_order usual_order(enum op_kind kind)
{
	switch (kind) {
	case OP_STORE:
		return ORDER_RELEASE;
	case OP_RMW:
	case OP_FENCE:
		return ORDER_SEQ_CST;
	default:
		return ORDER_ACQUIRE;
	}
}

struct op memory_op(struct memory *m, const struct task *t, const struct access *access)
{
	const struct fibers *f = m->fibers;
	uint32_t says = m->weak.says;
	enum op_kind kind = kind_of(access, says);
	enum word_order order = t->order ? t->order : (enum word_order)access->site->order;
	struct op op = {.kind = kind,
			.expects = says & WEAK_EXPECTS,
			.failure = (uint8_t)(says & WEAK_EXPECTS ? m->weak.failure : ORDER_NONE),
			.partly = says & WEAK_PARTLY,
			.wakes = says & WEAK_WAKES,
			.lands = says & WEAK_LANDS,
			.site = sites_number(&m->sites, access->site),
			.place = access->place,
			.words = access->words,
			.value = m->weak.expected};
	struct site_row *row;

	if (op.site == UINT16_MAX)
		fibers_refuse((struct task *)t, "There are more than %u sites, or no memory",
			      UINT16_MAX - 1);
	row = &m->sites.row[op.site];
	if (kind == OP_LOAD || kind == OP_STORE || kind == OP_RMW || kind == OP_FENCE) {
		bool kernel = says & WEAK_KERNEL;

		row->has_order |= order != ORDER_NONE && !kernel;
		if (row->order && !kernel)
			order = row->order;
	}
	if (kind == OP_AWAIT || kind == OP_TURN)
		op.value = f->fiber[t->common.cpu].await_old;
	op.order = order ? order : usual_order(kind);
	return op;
}

bool memory_index(struct memory *m, uint32_t cpu, uint32_t number, uint32_t *index)
{
	uint16_t option[MEMORY_OPTIONS_MAX];
	uint32_t count = m->ops->options(m, cpu, option);

	for (uint32_t i = 0; i < count; i++)
		if (m->ops->number(m, cpu, option[i]) == number) {
			*index = i;
			return true;
		}
	return false;
}

uint16_t memory_choose(struct memory *m, uint32_t cpu)
{
	struct fibers *f = m->fibers;
	uint16_t option[MEMORY_OPTIONS_MAX];
	uint32_t count, index = 0, number;

	if (m->is_told) {
		m->is_told = false;
		number = m->ops->number(m, cpu, m->choice);
		f->option[f->steps - 1] = (uint8_t)number;
		return m->choice;
	}
	count = m->ops->options(m, cpu, option);
	if (count > 1 && f->uniform)
		index = fibers_draw(&f->dice, 2) ? fibers_draw(&f->dice, count) : 0;
	else if (f->choose_option)
		/* Also where there is one: a schedule may name another. */
		index = f->choose_option(f->strategy, cpu, count);
	number = m->ops->number(m, cpu, option[index]);
	f->option[f->steps - 1] = (uint8_t)number;
	return option[index];
}
