/* SPDX-License-Identifier: MIT */
/*
 * Tickets of the programs of an object, which generate.mjs wrote: random walks meet faults, each
 * becomes a ticket as it was found, and the ticket has to lead to that fault again: every choice
 * can be made, and kind, place, thread, steps and preemptions are the same.
 *
 *	own_tickets OBJECT FIRST LAST TICKETS
 *
 * TICKETS of each program that has faults; random walks that find none any more end a program. One
 * in which fewer than two threads meet is refused by every search: it is left out, and counted.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn.h"
#include "process.h"

#define WALKS 64      /* of one search, which names a fault once */
#define IN_A_ROW 8    /* searches that find nothing: the program has no more */
#define NAME "random" /* of the model */
/* Of 100 programs of the generator: more would mean that it makes the wrong ones. */
#define LEFT_OUT_MAX 5

static uint64_t tickets, wrong, steps;
static uint32_t left_out; /* programs */

static void print(const char *what, const char *ticket, const struct explore_fault *fault,
		  const struct explore_replayed *r)
{
	printf("  %s: %s of thread %u, %u steps, %u preemptions; replayed: %s of thread %u, %u "
	       "steps, "
	       "%u preemptions, %s %s%s\n",
	       what, explore_fault_name(fault->kind), fault->cpu, fault->steps, fault->preemptions,
	       r->faulted ? explore_fault_name(r->kind) : "none", r->cpu, r->steps, r->preemptions,
	       r->where, r->message, r->refused);
	printf("    %s\n", ticket ? ticket : "no ticket");
}

static void try_ticket(const struct explore_plan *plan, const struct explore_fault *fault,
		       uint32_t program)
{
	char *ticket = explore_model_ticket(NAME, plan, fault);
	struct explore_replayed r = {0};
	int error = ticket ? explore_model_replay(&own_model, NAME, ticket, NULL, &r) : -1;

	tickets++;
	steps += r.steps;
	if (error || !r.reproduced || !r.met || r.kind != fault->kind || r.cpu != fault->cpu ||
	    r.steps != fault->steps || r.preemptions != fault->preemptions) {
		wrong++;
		printf("program %u, error %d:\n", program, error);
		print(r.reproduced ? "reproduced" : "not reproduced", ticket, fault, &r);
	}
	if (!error)
		explore_replayed_free(&r);
	free(ticket);
}

/* Walks from @seed, again until they learn nothing. Returns as explore() does. */
static int walk(const struct explore_plan *plan, struct explore_report *report)
{
	for (;;) {
		int error;

		own_learned = false;
		error = explore(&own_model, plan, report);
		if (!own_learned)
			return error;
		if (!error || error == -EFAULT)
			explore_report_free(report);
	}
}

/*
 * Returns the number of faults that the walks of @seed met; -ENODATA: the program has nothing to
 * interleave.
 */
static int try_walks(uint64_t seed, uint32_t program)
{
	struct explore_plan plan = {.strategy = EXPLORE_RANDOM,
				    .seed = seed,
				    .executions_max = WALKS,
				    .all_faults = true,
				    .passes = 1u << FAULT_DATA_RACE,
				    .hang_ms = EXPLORE_NOT_WATCHED,
				    .stop = &own_learned};
	struct explore_report report;
	int error = walk(&plan, &report), found;

	if (error == -ENODATA)
		return error;
	if (error) {
		wrong++;
		printf("program %u, seed %" PRIu64 ": error %d %s%s\n", program, seed, error,
		       report.refused, report.differs);
		return 0;
	}
	found = (int)report.fault_count;
	for (int i = 0; i < found; i++)
		try_ticket(&plan, &report.fault[i], program);
	explore_report_free(&report);
	return found;
}

static void try_program(uint32_t program, uint64_t wanted)
{
	uint64_t end = tickets + wanted, seed = 1;

	own_forget();
	own_options.heap_reuse = program % 2;
	for (uint32_t vain = 0; tickets < end && vain < IN_A_ROW; vain++, seed++) {
		int found = try_walks(seed, program);

		if (found < 0) {
			left_out++;
			return;
		}
		if (found)
			vain = 0;
	}
}

int main(int argc, char **argv)
{
	const char *sentence;
	uint32_t first, last;

	if (argc != 5) {
		fprintf(stderr, "own_tickets OBJECT FIRST LAST TICKETS\n");
		return 2;
	}
	setenv("PROGRAM", argv[2], 1);
	sentence = own_load(argv[1]);
	if (sentence) {
		fprintf(stderr, "%s\n", sentence);
		return 2;
	}
	first = (uint32_t)atoi(argv[2]);
	last = (uint32_t)atoi(argv[3]);
	for (uint32_t program = first; program <= last; program++) {
		char text[16];

		snprintf(text, sizeof(text), "%u", program);
		setenv("PROGRAM", text, 1);
		try_program(program, strtoull(argv[4], NULL, 0));
	}
	printf("%" PRIu64 " tickets, %" PRIu64 " wrong, %" PRIu64 " steps, %u programs left out\n",
	       tickets, wrong, steps, left_out);
	if (left_out * 100 > (last - first + 1) * LEFT_OUT_MAX)
		printf("too many programs have nothing to interleave\n");
	return wrong || !tickets || left_out * 100 > (last - first + 1) * LEFT_OUT_MAX;
}
