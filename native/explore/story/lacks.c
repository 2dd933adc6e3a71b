/* SPDX-License-Identifier: MIT */
#include "lacks.h"

#include <errno.h>
#include <stdlib.h>

#include "arrays.h"
#include "memory.h"
#include "schedule.h"
#include "site.h"
#include "stage.h"

/* Steps of all runs for one trace: what is not found in them is not said. */
#define STEPS_ALL_MAX (1u << 19)

/* The line in question, and the orders that it is tried with. */
struct lacking {
	const struct explore_model *model;
	struct explore_plan plan;
	const struct schedule *schedule;
	const struct trace *trace;
	struct trace_line *line;
	struct site_order *orders; /* the plan's, and one more */
	uint64_t steps;		   /* of all runs so far */
};

/* How a run of the schedule went, up to the line in question. */
struct went {
	bool followed, faulted;
};

static int run(struct lacking *l, const struct schedule *schedule, struct went *went)
{
	struct memory *memory = NULL;
	struct stage stage;
	int r = stage_open(&stage, l->model, 0);

	if (!r) {
		memory = memory_new(stage.fibers, &l->plan);
		r = memory ? 0 : -ENOMEM;
	}
	if (!r) {
		went->followed = schedule_run(schedule, &stage);
		went->faulted = false;
		l->steps += stage.fibers->steps;
		for (uint32_t i = 0; i < stage.fibers->fault_count; i++)
			went->faulted |= stage.fibers->fault[i].kind == FAULT_DATA_RACE;
		r = stage.refused[0] ? -EINVAL : 0;
	}
	memory_free(memory);
	stage_close(&stage);
	return r;
}

/*
 * Whether the orders that the plan has now forbid what the line did: everything before it can be
 * followed, and it itself cannot. Of a race: all can be followed, and it does not come.
 */
static int forbids(struct lacking *l, bool *forbidden)
{
	struct schedule until = *l->schedule;
	struct went before, with;
	int r;

	if (l->line->option) {
		while (until.count && until.deviation[until.count - 1].step >= l->line->step)
			until.count--;
		/* The last is the line's own: an option is a deviation. */
		r = run(l, &until, &with);
		until.count -= until.count > 0;
		if (!r)
			r = run(l, &until, &before);
		*forbidden = !r && before.followed && !with.followed;
	} else {
		r = run(l, &until, &with);
		*forbidden = !r && with.followed && !with.faulted;
	}
	return r;
}

static enum word_order order_of(const struct lacking *l, const struct site *site)
{
	for (uint32_t i = 0; i + 1 < l->plan.order_count; i++)
		if (l->orders[i].site == site)
			return l->orders[i].order;
	return site->order;
}

/* A step to where an access of @kind orders all that it can; ORDER_NONE: it does. */
static enum word_order stronger(uint32_t kind, enum word_order order)
{
	if (order == ORDER_SEQ_CST || order == ORDER_ACQ_REL)
		return ORDER_NONE;
	if (kind == TRACE_UPDATE)
		return ORDER_ACQ_REL;
	if (order != ORDER_RELAXED)
		return ORDER_NONE;
	return kind == TRACE_READ    ? ORDER_ACQUIRE
	       : kind == TRACE_WRITE ? ORDER_RELEASE
				     : ORDER_NONE;
}

/* Try @order at @site. Returns 1 if that forbids it, 0 if not, -errno. */
static int try_order(struct lacking *l, const struct site *site, enum word_order order)
{
	bool forbidden;
	int r;

	if (order == ORDER_NONE || order == order_of(l, site))
		return 0;
	/* The last that names a site counts. */
	l->orders[l->plan.order_count - 1] = (struct site_order){site, order};
	r = forbids(l, &forbidden);
	if (r || !forbidden)
		return r;
	l->line->lacks = site;
	l->line->lacks_order = word_order_name(order);
	return 1;
}

static bool is_first(const struct lacking *l, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (l->trace->line[i].site == l->trace->line[at].site)
			return false;
	return true;
}

/* @seq_cst: try that at each site, else a step to acquire and release. */
static int try_sites(struct lacking *l, bool seq_cst)
{
	int r = 0;

	for (size_t i = 0; !r && i < l->trace->count && l->steps < STEPS_ALL_MAX; i++) {
		const struct trace_line *line = &l->trace->line[i];
		enum word_order order = order_of(l, line->site);

		if (order == ORDER_NONE || !is_first(l, i))
			continue;
		r = try_order(l, line->site, seq_cst ? ORDER_SEQ_CST : stronger(line->kind, order));
	}
	return r;
}

static int find_lack(struct lacking *l)
{
	int r = 0;

	for (uint32_t i = 0; !r && i + 1 < l->plan.order_count; i++)
		r = try_order(l, l->orders[i].site, l->orders[i].site->order);
	if (!r)
		r = try_sites(l, false);
	if (!r)
		r = try_sites(l, true);
	return r < 0 ? r : 0;
}

static bool is_open(const struct trace *trace, const struct trace_line *line)
{
	if (line->lacks)
		return false;
	return line->missed_step != TRACE_NOBODY || line->before_step != TRACE_NOBODY ||
	       (line->faulted && trace->fault == FAULT_DATA_RACE);
}

int trace_find_lacks(const struct explore_model *model, const struct explore_plan *plan,
		     const struct schedule *schedule, struct trace *trace)
{
	struct lacking l = {.model = model, .plan = *plan, .schedule = schedule, .trace = trace};
	int r = 0;

	l.orders = array_new(plan->order_count + 1, 1, sizeof(*l.orders));
	if (!l.orders)
		return -ENOMEM;
	for (uint32_t i = 0; i < plan->order_count; i++)
		l.orders[i] = plan->orders[i];
	l.plan.orders = l.orders;
	l.plan.order_count = plan->order_count + 1;
	for (size_t i = 0; !r && i < trace->count; i++) {
		l.line = &trace->line[i];
		if (is_open(trace, l.line))
			r = find_lack(&l);
	}
	free(l.orders);
	return r;
}
