/* SPDX-License-Identifier: MIT */
/*
 * How long the verification of all locks takes at the sizes that it has when nothing is asked for,
 * with two workers: under each memory model, then with each order of each site a step weaker, too.
 * All windows are printed.
 *
 *   verify_locks WINDOWS
 */
#include <stdio.h>
#include <stdlib.h>

#include "explore.h"
#include "lock.h"
#include "verify.h"

static const struct verify_size sizes[] = {
	{.threads = 2, .rounds = 1}, {.threads = 2, .rounds = 2}, {.threads = 3, .rounds = 1}};

/* Those that the explorer has. */
static uint32_t memories(void)
{
	uint32_t mask = 0;

	for (uint32_t memory = 0; memory < EXPLORE_MEMORIES; memory++) {
		struct explore_plan plan = {.strategy = EXPLORE_STATEFUL, .memory = memory};

		if (explore_plan_fits(&plan, NULL, 0))
			mask |= 1u << memory;
	}
	return mask;
}

static void measure(const struct verify_input *input, const char *name, uint32_t windows)
{
	uint64_t states = 0;

	printf("{\"case\": \"%s\", \"workers\": %u, \"seconds\": [", name, input->workers);
	for (uint32_t w = 0; w < windows; w++) {
		struct verify_report report;

		if (verify(input, &report)) {
			fputs("verify_locks: verify() failed\n", stderr);
			exit(2);
		}
		printf("%s%.6f", w ? ", " : "", (double)report.elapsed_ns / 1e9);
		states = 0;
		for (size_t i = 0; i < report.row_count; i++)
			states += report.rows[i].states;
		for (size_t i = 0; i < report.barrier_count; i++)
			states += report.barriers[i].states;
		verify_report_free(&report);
	}
	printf("], \"states\": %llu}", (unsigned long long)states);
}

int main(int argc, char **argv)
{
	uint32_t windows = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 11;
	uint32_t locks[LOCK_COUNT];
	struct verify_input input = {.locks = locks,
				     .memories = memories(),
				     .sizes = sizes,
				     .size_count = sizeof(sizes) / sizeof(sizes[0]),
				     .workers = 2};

	if (!windows)
		return 2;
	for (uint32_t i = 0; i < LOCK_COUNT; i++)
		if (!lock_table[i].reference)
			locks[input.lock_count++] = i;
	printf("[");
	measure(&input, "rows", windows);
	if (input.memories >> EXPLORE_RC11 & 1) {
		input.barriers = true;
		printf(",\n ");
		measure(&input, "barriers", windows);
	}
	printf("]\n");
	return 0;
}
