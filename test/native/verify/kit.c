/* SPDX-License-Identifier: MIT */
#include "kit.h"

#include <stdio.h>

const struct verify_size kit_sizes[KIT_SIZES] = {KIT_SIZE(2, 1), KIT_SIZE(2, 2), KIT_SIZE(3, 1)};

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
	kit_print_of(VERIFY_LOCK, row);
}

void kit_print_of(enum verify_kind kind, const struct verify_row *row)
{
	static const char *const verdicts[] = {"clean", "fault", "unfinished"};
	const struct verify_size *size = &row->size;
	struct subject subject;

	CHECK(subject_of(kind, row->lock, &subject));
	printf("  %-15s %-4s %ux%u (%u writers, %u objects) %-10s %8llu states %2u of %2u sites "
	       "%7.1f ms %s\n",
	       subject_slug(&subject), explore_memory_name(row->memory), size->threads,
	       size->rounds, size->writers, size->objects, verdicts[row->verdict],
	       (unsigned long long)row->states, row->sites_reached, row->sites,
	       (double)row->elapsed_ns / 1e6,
	       row->fault.site ? explore_fault_name(row->fault.kind) : "");
}

void kit_verify(enum verify_kind kind, uint32_t id, const struct verify_size *sizes, size_t count,
		uint32_t memories, struct verify_report *report)
{
	struct verify_input input = {.kind = kind,
				     .locks = &id,
				     .lock_count = 1,
				     .memories = memories,
				     .sizes = sizes,
				     .size_count = count};

	CHECK_EQ(verify(&input, report), 0);
	for (size_t i = 0; i < report->row_count; i++)
		kit_print_of(kind, &report->rows[i]);
}

void kit_check_control(enum verify_kind kind, uint32_t id, const struct verify_size *size)
{
	struct verify_report report;

	kit_verify(kind, id, size, 1, kit_memories(), &report);
	CHECK_EQ(report.row_count, EXPLORE_MEMORIES);
	for (size_t i = 0; i < report.row_count; i++) {
		CHECK_EQ(report.rows[i].verdict, VERIFY_FAULT);
		CHECK(report.rows[i].fault.ticket && kit_replays(report.rows[i].fault.ticket));
	}
	verify_report_free(&report);
}
