/* SPDX-License-Identifier: MIT */
/* What searches found, gathered over rounds and heaps in memory that the parent sees. */
#include <string.h>

#include "host.h"

uint64_t host_offset(uintptr_t pc)
{
	return own_is_code(pc) ? pc - 1 - own.text_low : 0;
}

struct host_place host_place_of(uintptr_t address)
{
	struct own_place place = own_place_of(address);

	return (struct host_place){.region = place.region,
				   .thread = place.thread,
				   .block = place.block,
				   .offset = place.offset,
				   .size = place.size,
				   .made = host_offset(place.made),
				   .call = host_offset(place.call),
				   .freed = host_offset(place.freed)};
}

/* The fault of that kind at that site; NULL: it was not found before. */
static struct host_fault *find_fault(uint32_t kind, const struct site *site)
{
	uint64_t at = own_site_offset(site), other = own_site_other(site);

	for (uint32_t i = 0; i < host->faults; i++) {
		struct host_fault *fault = &host->fault[i];

		if (fault->kind == kind && ((fault->at == at && fault->other == other) ||
					    (other && fault->at == other && fault->other == at)))
			return fault;
	}
	return NULL;
}

void host_take_schedule(struct host_fault *fault)
{
	uint32_t current = FIBERS_MAX;

	for (uint32_t step = 0; step < STEPS_MAX && host->schedule[step]; step++) {
		uint32_t could = choice_could(host->schedule[step]);
		uint32_t chosen = choice_chosen(host->schedule[step]);
		bool stays = could >> current & 1;

		if (chosen != (stays ? current : (uint32_t)__builtin_ctz(could)))
			fault->deviation[fault->deviations++] =
				(struct deviation){.step = step, .cpu = chosen};
		fault->preemptions += stays && chosen != current;
		current = chosen;
		fault->steps = step + 1;
	}
	fault->cpu = current < FIBERS_MAX ? current : 0;
}

void host_take_fault(struct host_fault *to, const struct explore_fault *found)
{
	to->kind = found->kind;
	to->cpu = found->cpu;
	to->preemptions = found->preemptions;
	to->steps = found->steps;
	to->at = own_site_offset(found->site);
	to->other = own_site_other(found->site);
	to->facts = host->facts;
	to->reuse = own_options.heap_reuse;
	to->deviations = found->schedule.count;
	memcpy(to->deviation, found->schedule.deviation,
	       found->schedule.count * sizeof(*to->deviation));
}

static void take_faults(const struct explore_report *report)
{
	for (uint32_t i = 0; i < report->fault_count; i++) {
		const struct explore_fault *found = &report->fault[i];
		struct host_fault *known = find_fault(found->kind, found->site);

		if (!known && host->faults < HOST_FAULTS_MAX) {
			known = &host->fault[host->faults];
			host_take_fault(known, found);
			known->execution = host->executions + found->execution;
			if (!host->faults++)
				host->found_by = report->found_by;
		}
		if (known)
			known->count += found->count;
	}
}

/* A child that died was another process: what it came to stands. */
static void take_orders(void)
{
	const struct own_ordered *rows;
	uint32_t count = own_orders_met(&rows);

	for (uint32_t i = 0; i < count; i++) {
		uint32_t at = 0;

		while (at < host->ordered && host->order[at].at != rows[i].at)
			at++;
		if (at == host->ordered && at < OWN_ORDERED_MAX)
			host->order[host->ordered++] = rows[i];
	}
}

void host_take_report(const struct explore_report *report)
{
	take_faults(report);
	take_orders();
	if (report->steps_longest > host->steps_longest) {
		host->steps_longest = report->steps_longest;
		host->longest_at = host->executions + report->longest_at;
	}
	if (report->spin_site && !host->spins) {
		host->spins = true;
		host->spin_at = own_site_offset(report->spin_site);
		host->spin_cpu = report->spin_cpu;
		host->spin_times = report->spin_times;
	}
	host->bound = report->bound;
	host->executions += report->executions;
	host->blocked += report->blocked;
	host->points += report->points;
}
