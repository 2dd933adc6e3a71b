/* SPDX-License-Identifier: MIT */
/* From a fault that was found to its ticket and back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arrays.h"
#include "clock.h"
#include "dm_tell.h"
#include "engine_run.h"
#include "schedule.h"
#include "site.h"

_Static_assert(FAULT_MESSAGE_MAX == TRACE_MESSAGE_MAX, "messages are copied whole");

#define MINIMISE_EXECUTIONS_MAX 400000 /* then the best so far has to do */

/* What a replay of a fault of this kind, found under @memory, reads of a plan. */
static struct explore_plan telling_plan(enum explore_memory memory, bool run_on, uint32_t kind)
{
	/* Under RC11 they are always looked for. */
	return (struct explore_plan){.memory = memory,
				     .run_on = run_on,
				     .races = kind == FAULT_DATA_RACE && memory == EXPLORE_SC};
}

static struct wanted_fault wanted_of(const struct explore_fault *fault)
{
	return (struct wanted_fault){.kind = fault->kind,
				     .site = site_digest(fault->site->func, fault->site->text)};
}

/*
 * The model that the ticket of @fault needs: a schedule that reads the newest values alone is one
 * of sequential consistency, if the fault comes there, too. Returns -errno.
 */
static int memory_of_ticket(const struct exploration *e, const struct explore_fault *fault)
{
	struct explore_plan plan = telling_plan(EXPLORE_SC, e->input.run_on, fault->kind);
	struct trace trace;
	bool met;
	int r;

	for (uint32_t i = 0; i < fault->schedule.count; i++)
		if (fault->schedule.deviation[i].option)
			return (int)e->input.memory;
	if (e->input.memory == EXPLORE_SC)
		return EXPLORE_SC;
	r = explore_tell_as(&e->model.model, &plan, &fault->schedule, &dm_teller, wanted_of(fault),
			    &trace);
	if (r)
		return r;
	met = trace.reproduced && trace.met;
	trace_free(&trace);
	return met ? EXPLORE_SC : (int)e->input.memory;
}

/* Returns 0 with *@text set, to be freed, or -errno. */
static int ticket_for(const struct exploration *e, const struct explore_fault *fault, char **text)
{
	size_t count = fault->schedule.count;
	int memory = memory_of_ticket(e, fault);
	struct ticket ticket = {
		.patches = e->input.patches,
		.lock = e->input.lock,
		.run_on = e->input.run_on,
		.fault = fault->kind,
		.site = site_digest(fault->site->func, fault->site->text),
		.words = e->words,
		.word_count = e->input.programs_len,
		.memory = (uint32_t)memory,
		.deviation_count = count,
	};
	bool fine;

	if (memory < 0)
		return memory;
	ticket.steps = array_new(count, 1, sizeof(*ticket.steps));
	ticket.cpus = array_new(count, 1, sizeof(*ticket.cpus));
	ticket.options = array_new(count, 1, sizeof(*ticket.options));
	fine = ticket.steps && ticket.cpus && ticket.options;
	for (size_t i = 0; fine && i < count; i++) {
		ticket.steps[i] = fault->schedule.deviation[i].step;
		ticket.cpus[i] = fault->schedule.deviation[i].cpu;
		ticket.options[i] = fault->schedule.deviation[i].option;
	}
	*text = fine ? ticket_encode(&ticket) : NULL;
	free(ticket.steps);
	free(ticket.cpus);
	free(ticket.options);
	return *text ? 0 : -ENOMEM;
}

/* What a search has met has to come again. Returns -ESTALE. */
static int not_reproduced(const struct explore_fault *fault, const char *who,
			  struct explore_result *result)
{
	snprintf(result->differs, sizeof(result->differs),
		 "a search met %s at step %u, \"%s\" in %s, and %s",
		 explore_fault_name(fault->kind), fault->steps, fault->site->text,
		 fault->site->func, who);
	return -ESTALE;
}

/* The message and the operation of the thread come from one run of the story. */
static int tell_once(struct exploration *e, const struct explore_fault *fault,
		     struct found_fault *found, struct explore_result *result)
{
	struct explore_plan plan =
		telling_plan((enum explore_memory)e->input.memory, e->input.run_on, fault->kind);
	struct trace trace;
	int r = explore_tell_as(&e->model.model, &plan, &fault->schedule, &dm_teller,
				wanted_of(fault), &trace);

	if (r)
		return r;
	if (!trace.reproduced || !trace.faulted || trace.fault != fault->kind) {
		trace_free(&trace);
		return not_reproduced(fault, "its schedule did not when it was run again", result);
	}
	found->op = NO_OP;
	found->minor = NO_MINOR;
	memcpy(found->message, trace.message, sizeof(found->message));
	for (size_t i = 0; i < trace.count; i++)
		if (trace.line[i].faulted) {
			found->op = trace.line[i].op;
			found->minor = trace.line[i].minor;
		}
	trace_free(&trace);
	return 0;
}

static int add_story(struct exploration *e, const struct explore_fault *fault,
		     const struct explore_fault *seen, bool minimal, struct explore_result *result)
{
	struct found_fault *found = &result->fault[result->fault_count];
	int r;

	*found = (struct found_fault){.kind = fault->kind,
				      .cpu = fault->cpu,
				      .count = seen->count,
				      .execution = seen->execution,
				      .preemptions = fault->preemptions,
				      .steps = fault->steps,
				      .minimal = minimal,
				      .site = fault->site};
	r = tell_once(e, fault, found, result);
	if (r)
		return r;
	r = ticket_for(e, fault, &found->ticket);
	if (!r)
		result->fault_count++;
	return r;
}

/*
 * A plan for minimising one of @kinds faults: of the time that is left each gets as much. Returns
 * false where none is left.
 */
static bool minimising_plan(struct exploration *e, uint32_t kinds, struct explore_plan *plan)
{
	uint64_t most = e->input.executions_max, now = monotonic_ns();

	*plan = (struct explore_plan){.executions_max = MINIMISE_EXECUTIONS_MAX,
				      .hang_ms = EXPLORE_NOT_WATCHED,
				      .memory = (enum explore_memory)e->input.memory,
				      .run_on = e->input.run_on,
				      .races = e->input.races && e->input.memory == EXPLORE_SC,
				      .stop = &e->stopping};
	/* With refused ends this is a search made again, and the limit what the first came to. */
	if (most && most < plan->executions_max &&
	    !(e->input.refused_len && e->deadline_ns != UINT64_MAX))
		plan->executions_max = most;
	if (e->deadline_ns == UINT64_MAX)
		return true;
	if (now < e->deadline_ns)
		plan->time_ms_max = (e->deadline_ns - now) / 1000000 / kinds;
	return plan->time_ms_max != 0;
}

/* Whether @seen is the better story: minimising ended before it came to what takes as little. */
static bool is_shorter(const struct explore_fault *seen, const struct explore_fault *best)
{
	return seen->kind == best->kind &&
	       (seen->preemptions < best->preemptions ||
		(seen->preemptions == best->preemptions && seen->steps < best->steps));
}

/*
 * The story of @seen's kind or, with @any, of the fault that takes the fewest preemptions. @kinds:
 * the number of kinds that still need a story.
 */
static int find_story(struct exploration *e, const struct explore_fault *seen, bool any,
		      uint32_t kinds, struct explore_result *result)
{
	struct explore_plan plan;
	struct explore_fault best;
	bool proven;
	int r;

	if (e->input.as_found || !minimising_plan(e, kinds, &plan))
		return add_story(e, seen, seen, false, result);
	plan.from = &seen->schedule;
	r = explore_minimise(&e->model.model, &plan, any ? EXPLORE_ANY_FAULT : seen->kind, &best,
			     &proven);
	if (r == -ENOENT && proven)
		return not_reproduced(seen, "the search for a smaller one did not", result);
	if (r == -ENOENT)
		return add_story(e, seen, seen, result->before_failed, result);
	if (r)
		return r;
	r = add_story(e, !proven && is_shorter(seen, &best) ? seen : &best, seen,
		      proven || result->before_failed, result);
	schedule_free(&best.schedule);
	return r;
}

int find_stories(struct exploration *e, const struct explore_report *report,
		 struct explore_result *result)
{
	uint32_t told = 0, kinds;
	int r = 0;

	for (uint32_t i = 0; i < report->fault_count && !r; i++) {
		const struct explore_fault *fault = &report->fault[i];

		if (told >> fault->kind & 1 || (told && !e->input.all_faults))
			continue;
		told |= 1u << fault->kind;
		kinds = (uint32_t)__builtin_popcount(report->fault_kinds & ~told) + 1;
		r = find_story(e, fault, !e->input.all_faults, kinds, result);
	}
	return r;
}

static int schedule_from(const struct ticket *ticket, struct schedule *schedule)
{
	schedule->count = (uint32_t)ticket->deviation_count;
	schedule->deviation = array_new(ticket->deviation_count, 1, sizeof(*schedule->deviation));
	if (!schedule->deviation)
		return -ENOMEM;
	for (size_t i = 0; i < ticket->deviation_count; i++)
		schedule->deviation[i] =
			(struct deviation){.step = ticket->steps[i],
					   .cpu = ticket->cpus[i],
					   .option = ticket->options ? ticket->options[i] : 0};
	return 0;
}

/* Versions that have rows in place of a mask may name patches of a newer dmtorture. */
static bool has_unknown_patch(const struct ticket *ticket)
{
	return ticket->version > 1 && ticket->patches & ~PATCHES_EVERY;
}

/* The patches that a ticket of its version can name: version 1 is older than the rows after R3. */
static uint64_t nameable(const struct ticket *ticket)
{
	return ticket->version == 1 ? PATCH_ROW(R3) | (PATCH_ROW(R3) - 1) : PATCHES_EVERY;
}

/* Whether what @ticket names is there. */
static bool is_possible(const struct ticket *ticket)
{
	return !(ticket->patches & ~nameable(ticket)) &&
	       ticket->lock <= search_table[SEARCH_ROW_lock].max &&
	       (ticket->fault < FAULT_COUNT || (ticket->fault == TICKET_NO_FAULT && !ticket->site));
}

/* Keep how the execution of @model ended, if it did. Returns 0 or -ENOMEM. */
static int keep_end(const struct dm_model *model, struct replayed *replayed)
{
	if (!model->has_left)
		return 0;
	replayed->end = array_copy(model->results, dm_model_width(model), sizeof(*replayed->end));
	if (!replayed->end)
		return -ENOMEM;
	replayed->end_len = dm_model_width(model);
	return 0;
}

/* Run the schedule of replayed->ticket. */
static int run_ticket(struct replayed *replayed, struct dm_model *model)
{
	const struct ticket *ticket = &replayed->ticket;
	struct dm_setup setup = {.patches = ticket->patches, .lock = ticket->lock};
	struct wanted_fault wanted = {.kind = ticket->fault, .site = ticket->site};
	struct explore_plan plan =
		telling_plan((enum explore_memory)ticket->memory, ticket->run_on, ticket->fault);
	struct program_set programs;
	struct schedule schedule;
	int r;

	if (!is_possible(ticket))
		return -EINVAL;
	r = program_set_decode(&programs, ticket->words, ticket->word_count);
	if (r)
		return r;
	r = schedule_from(ticket, &schedule);
	if (!r) {
		dm_model_init(model, &programs, &setup);
		dm_model_look(model, NULL, 0);
		model->refuses_all = ticket->fault == FAULT_CHECK;
		plan.c11_sequences = ticket->c11_sequences;
		r = explore_tell_as(&model->model, &plan, &schedule, &dm_teller, wanted,
				    &replayed->trace);
	}
	if (!r)
		r = keep_end(model, replayed);
	program_set_free(&programs);
	schedule_free(&schedule);
	return r;
}

int explore_replay(const char *text, struct replayed *replayed, enum ticket_error *error)
{
	struct dm_model *model;
	int r;

	*replayed = (struct replayed){0};
	*error = ticket_decode(text, &replayed->ticket);
	if (*error == TICKET_FINE && has_unknown_patch(&replayed->ticket)) {
		ticket_free(&replayed->ticket);
		*error = TICKET_NEWER;
	}
	if (*error != TICKET_FINE)
		return *error == TICKET_NO_MEMORY ? -ENOMEM : -EBADMSG;
	model = malloc(sizeof(*model));
	r = model ? run_ticket(replayed, model) : -ENOMEM;
	free(model);
	if (r)
		replayed_free(replayed);
	return r;
}

void replayed_free(struct replayed *replayed)
{
	ticket_free(&replayed->ticket);
	trace_free(&replayed->trace);
	free(replayed->end);
	*replayed = (struct replayed){0};
}
