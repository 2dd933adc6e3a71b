/* SPDX-License-Identifier: MIT */
#include "trial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lock_ticket.h"
#include "site.h"

/* Of minimising: locks are small, and a fault that takes more is reported as it was found. */
#define MINIMISE_EXECUTIONS 20000
#define MINIMISE_STATES 20000 /* under a weak memory model */

uint32_t trial_orders(const struct lock_sites *sites, const uint8_t *weaker,
		      struct site_order *orders)
{
	uint32_t count = 0;

	for (uint32_t i = 0; weaker && i < sites->count; i++)
		if (weaker[i] != ORDER_NONE)
			orders[count++] = (struct site_order){sites->site[i], weaker[i]};
	return count;
}

static uint64_t reached_mask(const struct lock_sites *sites, const struct reached *reached)
{
	uint64_t mask = 0;

	for (uint32_t i = 0; i < REACHED_MAX; i++) {
		uint32_t number = reached->site[i] ? lock_sites_find(sites, reached->site[i])
						   : LOCK_SITES_MAX;

		if (number < LOCK_SITES_MAX)
			mask |= UINT64_C(1) << number;
	}
	return mask;
}

static uint32_t options_of(const struct schedule *schedule)
{
	uint32_t options = 0;

	for (uint32_t i = 0; i < schedule->count; i++)
		options += schedule->deviation[i].option != 0;
	return options;
}

/* What the engine says of a fault's execution: the message. */
static int take_message(const struct court *court, const struct explore_plan *plan,
			const struct explore_fault *found, struct verify_fault *fault)
{
	struct wanted_fault wanted = {found->kind,
				      site_digest(found->site->func, found->site->text)};
	struct trace trace;
	int r = court_tell(court, plan, &found->schedule, wanted, &trace);

	if (r)
		return r;
	snprintf(fault->message, sizeof(fault->message), "%s", trace.message);
	trace_free(&trace);
	return 0;
}

static int take_fault(const struct trial *trial, const struct court *court,
		      const struct explore_plan *plan, const struct explore_fault *first,
		      struct verify_fault *fault)
{
	struct explore_plan quest = *plan;
	struct explore_fault least = {0};
	const struct explore_fault *found = first;
	bool proven = false;
	int r = 0;

	quest.executions_max = MINIMISE_EXECUTIONS;
	quest.at = first->site;
	quest.from = &first->schedule;
	if (!trial->as_found &&
	    !explore_minimise(&court->model, &quest, first->kind, &least, &proven))
		found = &least;
	*fault = (struct verify_fault){
		.kind = found->kind,
		.cpu = found->cpu,
		.site = found->site,
		.preemptions = found->preemptions,
		.steps = found->steps,
		.options = options_of(&found->schedule),
		.minimal = proven,
	};
	r = take_message(court, plan, found, fault);
	if (!r) {
		fault->ticket = lock_ticket_write(trial, court->way, found);
		r = fault->ticket ? 0 : -ENOMEM;
	}
	schedule_free(&least.schedule);
	return r;
}

static struct explore_plan plan_of(const struct trial *trial, struct site_order *orders)
{
	return (struct explore_plan){
		.strategy = EXPLORE_STATEFUL,
		.memory = trial->memory,
		.orders = orders,
		.order_count = trial_orders(trial->sites, trial->weaker, orders),
		.c11_sequences = trial->c11_sequences && trial->memory == EXPLORE_RC11,
		.states_max = trial->states_max,
		.time_ms_max = trial->time_ms_max,
		.hang_ms = EXPLORE_NOT_WATCHED,
		.stop = trial->stop,
		.progress = trial->progress,
		.progress_context = trial->progress_context,
	};
}

/* What a limit leaves to another program of the same trial; 0: nothing, or there is none. */
static uint64_t left_of(uint64_t limit, uint64_t spent)
{
	return spent < limit ? limit - spent : 0;
}

/* Leave to @plan what @outcome has not spent. Returns whether that is anything. */
static bool take_limits(const struct trial *trial, const struct outcome_of_trial *outcome,
			struct explore_plan *plan)
{
	plan->states_max = left_of(trial->states_max, outcome->states);
	plan->time_ms_max = left_of(trial->time_ms_max, outcome->elapsed_ns / 1000000);
	return (plan->states_max || !trial->states_max) &&
	       (plan->time_ms_max || !trial->time_ms_max);
}

static void add_report(const struct trial *trial, const struct explore_report *report,
		       const struct reached *reached, struct outcome_of_trial *outcome)
{
	outcome->verdict = report->fault_count ? VERIFY_FAULT
			   : report->exhausted ? VERIFY_CLEAN
					       : VERIFY_UNFINISHED;
	outcome->limit = report->limit;
	outcome->exhausted = report->exhausted;
	outcome->states += report->states;
	outcome->executions += report->executions;
	outcome->elapsed_ns += report->elapsed_ns;
	outcome->reached |= reached_mask(trial->sites, reached);
}

/* One program of @trial. Returns 0 or -errno. */
static int run_way(const struct trial *trial, uint32_t way, struct outcome_of_trial *outcome)
{
	struct site_order orders[LOCK_SITES_MAX];
	struct explore_plan plan = plan_of(trial, orders);
	struct reached reached = {0};
	struct explore_report report;
	struct court court;
	int r;

	if (!take_limits(trial, outcome, &plan)) {
		outcome->verdict = VERIFY_UNFINISHED;
		outcome->exhausted = false;
		outcome->limit = trial->states_max && !plan.states_max ? LIMIT_STATES : LIMIT_TIME;
		return 0;
	}
	court_init(&court, &trial->subject, trial->size, way);
	court.reached = &reached;
	r = explore(&court.model, &plan, &report);
	if (r)
		return r;
	add_report(trial, &report, &reached, outcome);
	court.reached = NULL;
	plan.states_max = MINIMISE_STATES;
	if (report.fault_count && !trial->bare)
		r = take_fault(trial, &court, &plan, &report.fault[0], &outcome->fault);
	explore_report_free(&report);
	return r;
}

/* Whether two readers of a reader-writer lock can be in at once. Returns 0 or -errno. */
static int look_at_readers(const struct trial *trial, struct outcome_of_trial *outcome)
{
	struct site_order orders[LOCK_SITES_MAX];
	struct explore_plan plan = plan_of(trial, orders);
	struct explore_report report;
	struct court court;
	bool shared = false;
	int r;

	court_of_readers(&court, &trial->subject, &shared);
	r = explore(&court.model, &plan, &report);
	if (r)
		return r;
	/* One that waits for the other in vain is a fault, and ends no search. */
	if (shared)
		outcome->sharing = VERIFY_SHARED;
	else if (report.fault_count || report.exhausted)
		outcome->sharing = VERIFY_NOT_SHARED;
	explore_report_free(&report);
	return 0;
}

static bool has_readers_to_share(const struct trial *trial)
{
	return trial->subject.kind == VERIFY_RWLOCK && !trial->bare &&
	       trial->size.threads - trial->size.writers >= 2;
}

int trial_run(const struct trial *trial, struct outcome_of_trial *outcome)
{
	uint32_t ways = subject_ways(&trial->subject);
	int r = 0;

	*outcome = (struct outcome_of_trial){.fault = {.kind = FAULT_COUNT}};
	for (uint32_t way = 0; !r && way < ways && outcome->verdict == VERIFY_CLEAN; way++)
		r = run_way(trial, way, outcome);
	if (!r && outcome->verdict == VERIFY_CLEAN && has_readers_to_share(trial))
		r = look_at_readers(trial, outcome);
	return r;
}
