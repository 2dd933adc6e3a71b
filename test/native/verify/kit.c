/* SPDX-License-Identifier: MIT */
#include "kit.h"

#include <stdio.h>

const struct verify_size kit_sizes[KIT_SIZES] = {{2, 1}, {2, 2}, {3, 1}};

uint32_t kit_memories(void)
{
	uint32_t mask = 0;

	for (uint32_t memory = 0; memory < EXPLORE_MEMORIES; memory++) {
		struct explore_plan plan = {.strategy = EXPLORE_STATEFUL, .memory = memory};

		if (explore_plan_fits(&plan, NULL, 0))
			mask |= 1u << memory;
	}
	return mask;
}

size_t kit_locks(uint32_t *locks)
{
	size_t count = 0;

	for (uint32_t i = 0; i < LOCK_COUNT; i++)
		if (!lock_table[i].reference)
			locks[count++] = i;
	return count;
}

bool kit_replays(const char *ticket)
{
	struct verify_replayed replayed;
	enum verify_ticket_error error;
	bool came;

	if (verify_replay(ticket, &replayed, &error))
		return false;
	came = replayed.trace.reproduced && replayed.trace.met &&
	       replayed.trace.fault == replayed.fault;
	verify_replayed_free(&replayed);
	return came;
}

void kit_print(const struct verify_row *row)
{
	static const char *const verdicts[] = {"clean", "fault", "unfinished"};

	printf("  %-13s %-4s %ux%u %-10s %8llu states %2u of %2u sites %7.1f ms %s\n",
	       lock_table[row->lock].slug, explore_memory_name(row->memory), row->size.threads,
	       row->size.rounds, verdicts[row->verdict], (unsigned long long)row->states,
	       row->sites_reached, row->sites, (double)row->elapsed_ns / 1e6,
	       row->fault.site ? explore_fault_name(row->fault.kind) : "");
}
