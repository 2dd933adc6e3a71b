/* SPDX-License-Identifier: MIT */
#include "explore.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "clocks.h"
#include "doubt.h"
#include "memory.h"
#include "open.h"

/* Executions of the hunters, each with those before it. */
static const struct hunt {
	enum explore_strategy strategy;
	uint64_t executions;
} hunts[] = {{EXPLORE_STICKY, 64}, {EXPLORE_PCT, 256}, {0}},
  weak_hunts[] = {{EXPLORE_RANDOM, 256}, {0}};

static const struct strategy *const strategies[EXPLORE_STRATEGIES] = {
	[EXPLORE_RANDOM] = &strategy_random, [EXPLORE_STICKY] = &strategy_sticky,
	[EXPLORE_PCT] = &strategy_pct,	     [EXPLORE_DFS] = &strategy_dfs,
	[EXPLORE_DPOR] = &strategy_dpor,
};

const char *explore_strategy_name(enum explore_strategy strategy)
{
	return strategy < EXPLORE_STRATEGIES ? strategy_table[strategy].name : "?";
}

const char *explore_memory_name(enum explore_memory memory)
{
	return memory < EXPLORE_MEMORIES ? model_table[memory].name : "?";
}

const char *explore_limit_name(enum explore_limit limit)
{
	return limit < LIMITS ? end_table[limit].name : "?";
}

const char *explore_fault_name(uint32_t kind)
{
	return kind < FAULT_COUNT ? fault_table[kind].slug : "?";
}

/*
 * Let every thread come to its first point, the last one first: what only the first of a process
 * does shows when they start in their order. Returns how many did.
 */
static uint32_t count_threads(struct search *s)
{
	struct stage *stage = &s->stage;
	struct fibers *f = stage->fibers;
	uint32_t running = 0;

	f->stepwise = true;
	for (uint32_t cpu = f->cpus - 1; cpu--;) {
		if (!(stage->all >> cpu & 1))
			continue;
		stage_reset(stage);
		fibers_run(f, 1u << cpu);
		running += f->running != 0;
		s->twice.first[cpu] = f->running ? f->next[cpu].site : NULL;
		/* A fault before the first point is worth exploring, too. */
		if (f->fault_count)
			running = 2;
	}
	f->stepwise = false;
	return running;
}

static int run_one(struct search *s, enum explore_strategy strategy)
{
	s->plan.strategy = strategy;
	s->report->limit = LIMIT_NONE;
	/* A complete search by executions goes back along them, too: it keeps no states. */
	if (s->memory && strategy == EXPLORE_DFS && !s->stage.model->put_back)
		return search_weak_states(s);
	if (strategy == EXPLORE_STATEFUL && s->stage.model->put_back)
		return search_states_again(s);
	if (strategy == EXPLORE_STATEFUL)
		return s->memory ? search_weak_states(s) : search_states(s);
	return search_run(s, strategies[strategy]);
}

/* Hunters first: what is easy to find is found at once, and fewest preemptions come later. */
static int run_portfolio(struct search *s)
{
	const struct hunt *hunt = s->memory ? weak_hunts : hunts;
	uint64_t all = s->executions_max;

	for (; hunt->executions; hunt++) {
		int r;

		s->executions_max = hunt->executions < all ? hunt->executions : all;
		r = run_one(s, hunt->strategy);
		if (r < 0 || s->report->limit != LIMIT_EXECUTIONS || s->executions_max == all)
			return r;
		r = twice_all(s);
		if (r)
			return r;
	}
	s->executions_max = all;
	if (s->memory && s->stage.model->put_back && !s->stage.model->state)
		return run_one(s, EXPLORE_DFS);
	return run_one(s, !s->memory && (s->plan.races || s->stage.model->put_back)
				  ? EXPLORE_DPOR
				  : EXPLORE_STATEFUL);
}

/*
 * Whether there is anything to interleave; where threads begin others, an execution says that.
 * Returns as twice_begin(), or -ENODATA.
 */
static int look_at_threads(struct search *s)
{
	const struct fibers *f = s->stage.fibers;
	uint32_t threads = count_threads(s), met;
	int r;

	if (!threads || (threads < 2 && !stage_spawns(&s->stage)))
		return -ENODATA;
	r = twice_begin(s);
	/* Those that stand at one when another thread ends everything have come to it, too. */
	met = f->running;
	for (uint32_t i = 0; i < f->length; i++)
		if (!access_is_release(&f->trace[i]))
			met |= 1u << f->trace[i].cpu;
	if (r || threads > 1 || f->fault_count || met & (met - 1))
		return r;
	/* It may be that others would have come. */
	if (f->stuck) {
		s->report->steps_longest = f->steps;
		spin_note(s);
	}
	return -ENODATA;
}

/* How many executions @model is searched by, where @plan does not say. */
static uint64_t executions_of(const struct explore_model *model, const struct explore_plan *plan)
{
	if (model->put_back && !plan->executions_max && !plan->time_ms_max &&
	    plan->strategy == EXPLORE_PORTFOLIO)
		return EXPLORE_EXECUTIONS;
	return budget_executions(plan);
}

int search_open(struct search *s, const struct explore_model *model,
		const struct explore_plan *plan, struct explore_report *report)
{
	struct fibers *f;
	int r;

	*s = (struct search){.plan = *plan, .report = report, .began_ns = monotonic_ns()};
	s->random = (plan->seed + 1) * UINT64_C(0x9e3779b97f4a7c15) | 1;
	s->executions_max = executions_of(model, plan);
	if (!plan->hang_ms)
		s->plan.hang_ms = EXPLORE_HANG_MS;
	split_init(&s->split, plan->part, plan->parts, model->threads);
	watch_start(&s->watch, &s->plan, &s->stage);
	r = stage_open(&s->stage, model, plan->steps_max);
	if (r)
		return r;
	/* A program counts its threads itself, as it begins them. */
	if (plan->memory == EXPLORE_TSO && model->threads > FLUSH_THREADS && !model->put_back) {
		snprintf(s->stage.refused, sizeof(s->stage.refused),
			 "Expected `threads` to be 2..%u under tso, got `%u`", FLUSH_THREADS,
			 model->threads);
		return -EINVAL;
	}
	f = s->stage.fibers;
	f->hot.run_on = plan->run_on;
	f->hot.hashing = plan->collect || plan->paranoid;
	if (plan->memory != EXPLORE_SC)
		s->memory = memory_new(f, plan);
	else if (plan->races)
		s->races = races_new(f, model->memory_bytes);
	if (plan->collect && !s->memory)
		s->clocks = clocks_new(model->memory_bytes);
	if (plan->paranoid)
		f->doubt = s->doubt = doubt_new();
	if ((plan->memory != EXPLORE_SC && !s->memory) ||
	    (plan->memory == EXPLORE_SC && plan->races && !s->races) ||
	    (plan->collect && !s->memory && !s->clocks) || (plan->paranoid && !s->doubt))
		return -ENOMEM;
	r = look_at_threads(s);
	return s->stage.refused[0] ? -EINVAL : r;
}

void search_close(struct search *s)
{
	s->report->traces = s->traces.count;
	s->report->finals = s->finals.count;
	s->report->finals_hash = hashset_digest(&s->finals);
	s->report->elapsed_ns = monotonic_ns() - s->began_ns;
	watch_stop(&s->watch);
	s->report->unobserved = s->doubt ? s->doubt->site : NULL;
	memcpy(s->report->refused, s->stage.refused, sizeof(s->stage.refused));
	if (s->memory)
		memory_report(s->memory, s->report);
	memory_free(s->memory);
	races_free(s->races);
	doubt_free(s->doubt);
	clocks_free(s->clocks);
	hashset_free(&s->traces);
	hashset_free(&s->finals);
	twice_free(&s->twice);
	stage_close(&s->stage);
}

/* Set the model up again: `before` has to meet its fault again. Returns -EFAULT if it does. */
static int before_again(struct search *s)
{
	const struct explore_fault *fault = &s->report->fault[0];
	struct stage stage;
	int r = stage_open(&stage, s->stage.model, s->plan.steps_max);

	if (!r || (r == -EFAULT && (stage.fibers->fault[0].kind != fault->kind ||
				    stage.fibers->fault[0].site != fault->site))) {
		snprintf(s->report->differs, sizeof(s->report->differs),
			 "step 0: `before` met %s, \"%s\" in %s, and %s the next time",
			 explore_fault_name(fault->kind), fault->site->text, fault->site->func,
			 r ? "another fault" : "no fault");
		r = -ESTALE;
	}
	stage_close(&stage);
	return r;
}

int explore(const struct explore_model *model, const struct explore_plan *plan,
	    struct explore_report *report)
{
	struct search s;
	int r;

	if (!report)
		return -EINVAL;
	*report = (struct explore_report){0};
	if (!model || !plan) {
		snprintf(report->refused, sizeof(report->refused),
			 "Expected a model and a plan, got NULL");
		return -EINVAL;
	}
	if (!explore_plan_fits(plan, report->refused, sizeof(report->refused)))
		return -EINVAL;
	if (model->put_back && !model->state && plan->strategy == EXPLORE_STATEFUL) {
		snprintf(
			report->refused, sizeof(report->refused),
			"Expected `state` to be a function for stateful with `put_back`, got NULL");
		return -EINVAL;
	}
	r = search_open(&s, model, plan, report);
	if (r == -EFAULT) {
		int error = search_account(&s);

		r = error ? error : before_again(&s);
	} else if (!r) {
		r = plan->strategy == EXPLORE_PORTFOLIO ? run_portfolio(&s)
							: run_one(&s, plan->strategy);
		/* What is reported has to come again. */
		if (!r)
			r = twice_faults(&s);
		if (!r)
			r = twice_all(&s);
		/* Samples that were cut short are not the samples that were asked for. */
		if (s.too_long && budget_is_sampling(plan) &&
		    (report->limit == LIMIT_EXECUTIONS || report->limit == LIMIT_TIME))
			report->limit = LIMIT_STEPS;
	}
	search_close(&s);
	/* What looked wrong after that was only a consequence of it. */
	if (report->refused[0])
		r = -EINVAL;
	else if (r == -ENODATA)
		snprintf(report->refused, sizeof(report->refused),
			 "Fewer than two threads come to a point: there is nothing to interleave; "
			 "use word_read() and word_write(): a bare word_load() or word_store() is "
			 "not a point");
	if (r && r != -EFAULT) {
		explore_report_free(report);
		report->exhausted = false;
	}
	return r;
}

void explore_report_free(struct explore_report *report)
{
	for (uint32_t i = 0; i < report->fault_count; i++)
		schedule_free(&report->fault[i].schedule);
	report->fault_count = 0;
	free(report->sites);
	report->sites = NULL;
	report->site_count = 0;
}
