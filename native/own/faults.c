/* SPDX-License-Identifier: MIT */
/* The faults that were found: with fewer preemptions, and what only an execution shows of them. */
#include <errno.h>
#include <string.h>

#include "clock.h"
#include "host.h"

/* Searches have whole milliseconds, and end that much before the time. */
#define LATE_NS UINT64_C(2000000)
#define EXECUTIONS_TO_MINIMISE UINT64_C(1000000) /* of all faults, where nothing else is asked */

const struct site *host_site_of(uint64_t at, uint64_t other)
{
	if (!at)
		return NULL;
	at += own.text_low + 1;
	return other ? own_site_of_pair(at, own.text_low + 1 + other) : own_site(at);
}

/* Where nobody can go on, the place says less than that it is so: any will do. */
static const struct site *site_to_minimise(const struct host_fault *fault)
{
	if (fault->kind == FAULT_DEADLOCK || fault->kind == FAULT_LIVELOCK)
		return NULL;
	return host_site_of(fault->at, fault->other);
}

static bool is_better(const struct explore_fault *found, const struct host_fault *fault)
{
	if (found->preemptions != fault->preemptions)
		return found->preemptions < fault->preemptions;
	return found->steps <= fault->steps;
}

/* What cut off the search for a shorter schedule. */
static enum explore_limit limit_met(uint64_t end_ns)
{
	if (host->stopping)
		return LIMIT_STOPPED;
	return end_ns != UINT64_MAX && monotonic_ns() + LATE_NS >= end_ns ? LIMIT_TIME : LIMIT_NONE;
}

/* What is learned ends this, which then begins again. What is short when it is stopped is kept. */
static void minimise(struct host_fault *fault, uint64_t executions, uint64_t end_ns)
{
	struct schedule as_found = {.deviation = fault->deviation, .count = fault->deviations};
	struct explore_plan plan;
	struct explore_fault found;
	bool proven, again;

	host->reuse = own_options.heap_reuse = fault->reuse;
	do {
		int r;

		if (host->stopping || monotonic_ns() >= end_ns)
			return;
		host_know(host->facts);
		plan = host_plan(EXPLORE_DFS, executions, end_ns);
		plan.at = site_to_minimise(fault);
		plan.from = &as_found;
		plan.part = plan.parts = plan.preemptions_max = 0;
		plan.bounded = plan.leave_time = false;
		own.memory = plan.memory;
		r = explore_minimise(&host_model, &plan, fault->kind, &found, &proven);
		host->beat++;
		again = own_learned && !(host->stopping && own_facts() == host->facts);
		host_share_facts();
		if (r)
			continue;
		if (!again && (proven || is_better(&found, fault))) {
			host_take_fault(fault, &found);
			fault->minimal = proven;
		}
		schedule_free(&found.schedule);
	} while (again);
}

/* To meet it again takes as long as it takes to see that it does not end. */
static bool is_slow(const struct host_fault *fault)
{
	return fault->kind == FAULT_HANG;
}

void host_finish_faults(uint32_t from, uint64_t end_ns)
{
	uint64_t executions = host_options.executions;

	if (!executions && host->faults)
		executions = EXECUTIONS_TO_MINIMISE / host->faults;
	for (uint32_t i = from; i < host->faults && !host->error; i++) {
		struct host_fault *fault = &host->fault[i];

		host->finishing = i + 1;
		if (!host_options.as_found && !is_slow(fault)) {
			minimise(fault, executions, end_ns);
			if (!fault->minimal)
				fault->minimise_limit = limit_met(end_ns);
		}
		host->error = host_fill_fault(fault);
	}
	host->finishing = 0;
}
