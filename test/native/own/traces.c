/* SPDX-License-Identifier: MIT */
/*
 * The programs of an object, which generate.mjs wrote, one after the other: what DPOR finds of each
 * has to be what DFS finds that tries every interleaving: as many traces, told apart by what
 * happens before what, the same faults, the same outcomes. What the search that remembers states
 * finds has to be that, too, except for traces, which it does not have. Traces are not compared
 * where a loop waits: how often it goes round before it does depends on what it read before; and
 * where threads begin threads, which are numbered as they begin: DFS counts each numbering.
 *
 *	own_traces OBJECT FIRST LAST EXECUTIONS [MEMORY]
 *
 * Under a weak memory model, which DPOR does not have, states are compared with DFS alone, and
 * programs of what it refuses are left out.
 * A program that DFS does not end with in EXECUTIONS is left out, and counted.
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

#define RESULTS 64 /* words of the program's results */

/* What one search found. */
struct found {
	uint64_t executions, blocked, traces, outcomes, sum; /* sum: of the hashes of outcomes */
	uint32_t faults;
	uint64_t fault_sum;
	struct explore_fault fault[EXPLORE_FAULTS_MAX]; /* without their schedules */
	bool whole;
	int error;
	char text[2 * EXPLORE_DIFFERS_MAX];
};

static struct explore_model model;
static const uint64_t *results;
static const char *counted;
static struct hashset seen;
static struct found *now;
static enum explore_memory memory;

static void outcome(void *context, struct fibers *f, bool faulted)
{
	uint64_t hash = faulted + 1;

	(void)context;
	if (own_learned || f->stuck)
		return;
	for (uint32_t i = 0; i < RESULTS; i++)
		hash = fibers_mix(hash, results[i]);
	hash |= 1;
	if (hashset_add(&seen, hash) == 1) {
		now->outcomes++;
		now->sum += hash;
	}
}

/*
 * Of races only that there are some: which of the accesses that one thread makes in a row is named
 * depends on what other threads read in between, which is the same for DPOR. Of livelocks as well:
 * a thread that goes round waits at that of its reads where it saw that nothing had changed.
 */
static uint64_t hash_of_faults(const struct explore_report *r)
{
	uint64_t sum = 0;
	bool races = false, livelocks = false;

	for (uint32_t i = 0; i < r->fault_count; i++) {
		const struct explore_fault *fault = &r->fault[i];

		if (fault->kind == FAULT_DATA_RACE)
			races = true;
		else if (fault->kind == FAULT_LIVELOCK)
			livelocks = true;
		else
			sum += fibers_mix(fault->kind + 1, own_site_offset(fault->site));
	}
	return sum + races + 2 * (uint64_t)livelocks;
}

static void keep(struct found *found, int error, const struct explore_report *r)
{
	*now = (struct found){.outcomes = now->outcomes, .sum = now->sum};
	found->error = error;
	found->executions = r->executions;
	found->blocked = r->blocked;
	found->traces = r->traces;
	found->faults = r->fault_count;
	found->whole = r->exhausted;
	found->fault_sum = hash_of_faults(r);
	for (uint32_t i = 0; i < r->fault_count; i++)
		found->fault[i] = r->fault[i];
	snprintf(found->text, sizeof(found->text), "%s%s", r->refused, r->differs);
}

/* Search with all that is known, and anew when something is learned. */
static struct found search(enum explore_strategy strategy, uint64_t executions)
{
	bool traces = memory == EXPLORE_SC && (strategy == EXPLORE_DFS || strategy == EXPLORE_DPOR);
	struct explore_plan plan = {.strategy = strategy,
				    .memory = memory,
				    .seed = 1,
				    .executions_max = executions,
				    .all_faults = true,
				    .collect = traces,
				    .passes = 1u << FAULT_DATA_RACE,
				    .hang_ms = EXPLORE_NOT_WATCHED,
				    .stop = &own_learned};
	struct explore_report report;
	struct found found;

	now = &found;
	own.memory = memory;
	do {
		int error;

		found = (struct found){0};
		own_learned = false;
		hashset_clear(&seen);
		error = explore(&model, &plan, &report);
		keep(&found, error, &report);
		if (!error || error == -EFAULT)
			explore_report_free(&report);
	} while (own_learned);
	return found;
}

static void print(const char *name, const struct found *found)
{
	printf("  %s: %" PRIu64 " executions, %" PRIu64 " blocked, %" PRIu64 " traces, %" PRIu64
	       " outcomes, %u faults%s%s\n",
	       name, found->executions, found->blocked, found->traces, found->outcomes,
	       found->faults, found->whole ? "" : ", not whole", found->text);
	for (uint32_t i = 0; i < found->faults; i++)
		printf("    %s +%" PRIx64 " +%" PRIx64 "\n",
		       explore_fault_name(found->fault[i].kind),
		       own_site_offset(found->fault[i].site), own_site_other(found->fault[i].site));
}

static uint64_t left_out, agreed, runs, traces, runs_by_states;

/* Faults and outcomes. */
static bool same_findings(const struct found *a, const struct found *b)
{
	return !a->error && !b->error && a->outcomes == b->outcomes && a->sum == b->sum &&
	       a->fault_sum == b->fault_sum;
}

/* Returns whether states show what every interleaving and every read shows. */
static bool judge_weakly(const char *object, uint32_t program, uint64_t executions)
{
	struct found dfs, states;

	own_forget();
	own_options.heap_reuse = program % 2;
	dfs = search(EXPLORE_DFS, executions);
	states = search(EXPLORE_STATEFUL, 0);
	if ((dfs.error && states.error) || (!dfs.error && !dfs.whole)) {
		left_out++;
		return true;
	}
	runs += dfs.executions;
	runs_by_states += states.executions;
	/* What states have learned DFS has to know. */
	if (!same_findings(&states, &dfs))
		dfs = search(EXPLORE_DFS, executions);
	if (same_findings(&states, &dfs) && states.whole) {
		agreed++;
		return true;
	}
	printf("%s, program %u:\n", object, program);
	print("dfs", &dfs);
	print("stateful", &states);
	return false;
}

/* Returns whether all agree. */
static bool judge(const char *object, uint32_t program, uint64_t executions)
{
	struct found dpor, dfs, dpor_again, states;
	bool same;

	own_forget();
	/* Of every other program, a block that was freed is given again. */
	own_options.heap_reuse = program % 2;
	dpor = search(EXPLORE_DPOR, executions);
	dfs = search(EXPLORE_DFS, executions);
	if (!dfs.error && !dpor.error && (!dfs.whole || !dpor.whole)) {
		left_out++;
		return true;
	}
	/* With what DFS learned, if it did. */
	dpor_again = search(EXPLORE_DPOR, executions);
	states = search(EXPLORE_STATEFUL, 0);
	same = same_findings(&dpor_again, &dfs) && same_findings(&states, &dfs) && states.whole &&
	       (!counted[program] ||
		(dpor_again.traces == dfs.traces && dpor.traces == dfs.traces));
	runs += dpor.executions;
	traces += dpor.traces;
	runs_by_states += states.executions;
	if (same) {
		agreed++;
		return true;
	}
	printf("%s, program %u:\n", object, program);
	print("dpor", &dpor);
	print("dfs", &dfs);
	print("dpor again", &dpor_again);
	print("stateful", &states);
	return false;
}

int main(int argc, char **argv)
{
	const char *sentence;
	uint32_t wrong = 0;
	void *object;

	if (argc < 5 || argc > 6) {
		fprintf(stderr, "own_traces OBJECT FIRST LAST EXECUTIONS [MEMORY]\n");
		return 2;
	}
	while (argc == 6 && strcmp(explore_memory_name(memory), argv[5]) != 0)
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
	counted = dlsym(object, "counted");
	model = own_model;
	model.outcome = outcome;
	for (uint32_t program = (uint32_t)atoi(argv[2]); program <= (uint32_t)atoi(argv[3]);
	     program++) {
		char text[16];

		snprintf(text, sizeof(text), "%u", program);
		setenv("PROGRAM", text, 1);
		wrong += memory == EXPLORE_SC
				 ? !judge(argv[1], program, strtoull(argv[4], NULL, 0))
				 : !judge_weakly(argv[1], program, strtoull(argv[4], NULL, 0));
	}
	printf("%" PRIu64 " programs agree, %" PRIu64 " left out, %" PRIu64 " runs, %" PRIu64
	       " traces, %" PRIu64 " runs by states\n",
	       agreed, left_out, runs, traces, runs_by_states);
	return wrong ? 1 : 0;
}
