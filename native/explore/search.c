/* SPDX-License-Identifier: MIT */
#include "search.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "clocks.h"
#include "memory.h"
#include "races.h"
#include "schedule.h"

#define LOOK_AT_CLOCK_EVERY 2048 /* points and executions: these may be long */

static int count_fault(struct search *s, const struct fiber_fault *fault)
{
	struct explore_report *report = s->report;
	struct explore_fault *known = report->fault;
	struct explore_fault *end = known + report->fault_count;

	report->fault_kinds |= 1u << fault->kind;
	while (known < end && (known->kind != fault->kind || known->site != fault->site))
		known++;
	if (known < end) {
		known->count++;
		return 0;
	}
	if (report->fault_count == EXPLORE_FAULTS_MAX)
		return 0;
	if (!report->fault_count)
		report->found_by = s->plan.strategy;
	report->fault_count++;
	*known = (struct explore_fault){.kind = fault->kind,
					.site = fault->site,
					.cpu = fault->cpu,
					.count = 1,
					.execution = report->executions,
					.steps = fault->step};
	return schedule_take(&known->schedule, s->stage.fibers, fault->step, &known->preemptions);
}

/* Whether fault @at of the execution is one that it has met before: then it counts once. */
static bool is_repeated(const struct fibers *f, uint32_t at)
{
	for (uint32_t i = 0; i < at; i++)
		if (f->fault[i].kind == f->fault[at].kind && f->fault[i].site == f->fault[at].site)
			return true;
	return false;
}

int search_account(struct search *s)
{
	struct explore_report *report = s->report;
	const struct fibers *f = s->stage.fibers;
	int r = 0;

	if (unlikely(s->stage.refused[0]))
		return -EINVAL;
	report->executions++;
	report->points += f->steps;
	if (f->steps > report->steps_longest) {
		report->steps_longest = f->steps;
		report->longest_at = report->executions;
	}
	if (unlikely(s->redundant)) {
		report->blocked++;
		/* It may be one that only comes round: nobody else would have its faults. */
		if (s->plan.strategy != EXPLORE_STATEFUL)
			return 0;
	}
	for (uint32_t i = 0; i < f->fault_count && !r; i++)
		if (likely(!is_repeated(f, i)))
			r = count_fault(s, &f->fault[i]);
	if (unlikely(s->redundant))
		return r;
	if (unlikely(f->fault_count && f->fault_kinds & ~s->plan.passes && !s->plan.all_faults))
		s->found = true;
	if (unlikely(f->stuck)) {
		report->limit = LIMIT_STEPS;
		s->too_long = true;
	}
	if (s->memory && s->plan.collect && r >= 0 && !f->stuck && !f->fault_count) {
		r = hashset_add(&s->finals, s->stage.final_hash);
		if (r >= 0)
			r = hashset_add(&s->traces, s->memory->ops->graph(s->memory));
	} else if (s->clocks && r >= 0 && !f->stuck) {
		r = hashset_add(&s->finals, s->stage.final_hash);
		clocks_analyse(s->clocks, f, 0, 0, NULL, NULL);
		if (r >= 0)
			r = hashset_add(&s->traces, clocks_trace_hash(s->clocks));
	}
	if (s->stage.model->outcome)
		s->stage.model->outcome(s->stage.model->context, s->stage.fibers,
					fibers_faulted(f));
	if (unlikely(f->stuck))
		spin_note(s);
	return r < 0 ? r : 0;
}

/* Whether the time of the plan is up. */
static bool is_late(const struct search *s)
{
	uint64_t limit_ns = s->plan.time_ms_max * 1000000;

	if (s->plan.leave_time && s->report->fault_count)
		limit_ns -= limit_ns / 10;
	return limit_ns && monotonic_ns() - s->began_ns > limit_ns;
}

bool search_used_up(struct search *s)
{
	if (likely(s->report->executions < s->executions_max))
		return false;
	s->report->limit = LIMIT_EXECUTIONS;
	return true;
}

bool search_over(struct search *s)
{
	uint64_t done = s->report->points + s->report->executions;
	const volatile bool *stop = s->plan.stop;

	if (likely(!s->found && done < s->look_at && !(stop && *stop)))
		return false;
	s->look_at = done + LOOK_AT_CLOCK_EVERY;
	return search_over_now(s);
}

bool search_over_now(struct search *s)
{
	struct explore_report *report = s->report;
	const struct explore_plan *plan = &s->plan;

	if (unlikely(s->found))
		report->limit = LIMIT_FAULT;
	else if (plan->stop && *plan->stop)
		report->limit = LIMIT_STOPPED;
	else if (is_late(s))
		report->limit = LIMIT_TIME;
	else {
		if (plan->progress)
			plan->progress(plan->progress_context, report->executions, report->states);
		return false;
	}
	return true;
}

/* Repeat the execution that has just ended, if it is its turn; @is_first: @strategy's first. */
static int run_again(struct search *s, const struct strategy *strategy, bool is_first)
{
	uint64_t executions = s->report->executions;

	if (s->redundant)
		return 0;
	if (is_first || executions % TWICE_EVERY == 1)
		return twice_again(s);
	return strategy->exhausts || executions > TWICE_FIRST ? 0 : twice_quickly(s);
}

int search_run(struct search *s, const struct strategy *strategy)
{
	struct fibers *f = s->stage.fibers;
	uint64_t before = s->report->executions;
	int r;

	f->choose = s->split.count > 1 ? split_choose : strategy->choose;
	f->choose_option = strategy->choose_option;
	f->strategy = s;
	s->split.choose = strategy->choose;
	f->asks_always = strategy->asks_always;
	f->uniform = strategy->uniform;
	f->dice = s->random;
	for (;;) {
		/* What samples is not asked for one more: it would throw its dice. */
		r = 1;
		if (!strategy->exhausts && search_used_up(s))
			break;
		r = strategy->begin(s);
		if (r <= 0 || search_used_up(s))
			break;
		s->redundant = false;
		split_begin(&s->split);
		if (s->races)
			races_reset(s->races);
		s->twice.dice = f->dice;
		stage_run(&s->stage);
		if (unlikely(s->differs)) {
			r = -ESTALE;
			break;
		}
		if (strategy->end)
			strategy->end(s);
		if (unlikely(!split_owns(&s->split)))
			s->redundant = true;
		r = search_account(s);
		if (r < 0 || search_over(s))
			break;
		r = run_again(s, strategy, s->report->executions == before + 1);
		if (unlikely(r < 0))
			break;
	}
	if (r == 0 && s->report->limit == LIMIT_NONE)
		s->report->exhausted = strategy->exhausts;
	f->asks_always = false;
	f->uniform = false;
	if (strategy->close)
		strategy->close(s);
	s->state = NULL;
	return r < 0 ? r : 0;
}
