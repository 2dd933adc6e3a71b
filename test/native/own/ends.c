/* SPDX-License-Identifier: MIT */
/*
 * The programs of an object, which small.mjs wrote, one after the other: how each may end, by the
 * search that tries every interleaving and by the one that remembers states. against.mjs compares
 * that with a machine that shares nothing with them.
 *
 *	own_ends OBJECT FIRST LAST EXECUTIONS MEMORY
 *
 * Prints "program 3 stateful: whole" (or "cut", "refused ..."), with "stuck" where an execution did
 * not come to its end, then the results of each end on a line of its own.
 */
#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hashset.h"
#include "learn.h"
#include "process.h"

#define RESULTS 24 /* words that threads have, and where main() has what is left */
#define LEFT 48
#define LEFT_WORDS 4
#define ENDS_MAX 4096

static struct explore_model model;
static const uint64_t *results;
static struct hashset seen;
static enum explore_memory memory;
static uint32_t count;
static uint64_t ends[ENDS_MAX][RESULTS + LEFT_WORDS];

static void outcome(void *context, struct fibers *f, bool faulted)
{
	uint64_t hash = 1, *end = ends[count];

	(void)context;
	/* What ends in the middle has no end. */
	if (own_learned || faulted || f->stuck || count == ENDS_MAX)
		return;
	memcpy(end, results, RESULTS * sizeof(*end));
	memcpy(end + RESULTS, results + LEFT, LEFT_WORDS * sizeof(*end));
	for (uint32_t i = 0; i < RESULTS + LEFT_WORDS; i++)
		hash = fibers_mix(hash, end[i]);
	count += hashset_add(&seen, hash | 1) == 1;
}

/* Search with all that is known, and anew when something is learned. */
static void search(enum explore_strategy strategy, uint64_t executions,
		   struct explore_report *report)
{
	struct explore_plan plan = {.strategy = strategy,
				    .memory = memory,
				    .seed = 1,
				    .executions_max = executions,
				    .all_faults = true,
				    .passes = 1u << FAULT_DATA_RACE,
				    .hang_ms = EXPLORE_NOT_WATCHED,
				    .stop = &own_learned};
	int error;

	own.memory = memory;
	do {
		own_learned = false;
		hashset_clear(&seen);
		count = 0;
		error = explore(&model, &plan, report);
		if (own_learned && (!error || error == -EFAULT))
			explore_report_free(report);
	} while (own_learned);
}

static void show(uint32_t program, enum explore_strategy strategy, uint64_t executions)
{
	struct explore_report r;
	bool stuck = false;

	search(strategy, executions, &r);
	for (uint32_t i = 0; i < r.fault_count; i++)
		stuck |= r.fault[i].kind == FAULT_DEADLOCK || r.fault[i].kind == FAULT_LIVELOCK;
	printf("program %" PRIu32 " %s: ", program, explore_strategy_name(strategy));
	if (r.refused[0])
		printf("refused %s", r.refused);
	else
		printf("%s%s", r.exhausted ? "whole" : "cut", stuck ? " stuck" : "");
	for (uint32_t i = 0; i < r.fault_count; i++)
		if (r.fault[i].kind != FAULT_DEADLOCK && r.fault[i].kind != FAULT_LIVELOCK)
			printf(" %s", explore_fault_name(r.fault[i].kind));
	printf("\n");
	for (uint32_t i = 0; i < count; i++) {
		for (uint32_t at = 0; at < RESULTS + LEFT_WORDS; at++)
			printf(" %" PRIu64, ends[i][at]);
		printf("\n");
	}
	explore_report_free(&r);
}

int main(int argc, char **argv)
{
	const char *sentence;
	void *object;

	if (argc != 6) {
		fprintf(stderr, "own_ends OBJECT FIRST LAST EXECUTIONS MEMORY\n");
		return 2;
	}
	while (strcmp(explore_memory_name(memory), argv[5]) != 0)
		if (++memory == EXPLORE_MEMORIES)
			return 2;
	setenv("PROGRAM", argv[2], 1);
	sentence = own_load(argv[1]);
	object = dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD);
	if (sentence || !object) {
		fprintf(stderr, "%s\n", sentence ? sentence : dlerror());
		return 2;
	}
	results = dlsym(object, "results");
	model = own_model;
	model.outcome = outcome;
	for (uint32_t program = (uint32_t)atoi(argv[2]); program <= (uint32_t)atoi(argv[3]);
	     program++) {
		char text[16];

		snprintf(text, sizeof(text), "%u", program);
		setenv("PROGRAM", text, 1);
		own_forget();
		own_options.heap_reuse = program % 2;
		show(program, EXPLORE_STATEFUL, 0);
		show(program, EXPLORE_DFS, strtoull(argv[4], NULL, 0));
	}
	return 0;
}
