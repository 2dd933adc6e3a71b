/* SPDX-License-Identifier: MIT */
/* What both examples do with a model: explore it, show the first fault, replay a ticket of it. */
#ifndef SHOW_H
#define SHOW_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "explore.h"

/* Replay @ticket on @model, which is called @name, and print its diagram. Returns 0 if it came. */
static inline int show_ticket(const struct explore_model *model, const char *name,
			      const char *ticket)
{
	struct explore_replayed replayed;
	int came;

	if (explore_model_replay(model, name, ticket, NULL, &replayed)) {
		fprintf(stderr, "%s\n", replayed.refused);
		return 2;
	}
	came = replayed.met;
	printf("%s", replayed.diagram);
	if (!came)
		printf("The fault did not come back: the model has changed.\n");
	explore_replayed_free(&replayed);
	return came ? 0 : 1;
}

/*
 * Run @model under every interleaving and print what came of it; of a fault its diagram and its
 * ticket. Returns whether there is no fault, in any of them.
 */
static inline bool show_all(const struct explore_model *model, const char *name)
{
	const struct explore_plan plan = {.strategy = EXPLORE_DPOR};
	struct explore_fault fault;
	struct explore_report report;
	bool clean, proven;
	char *ticket;

	if (explore(model, &plan, &report)) {
		fprintf(stderr, "%s: %s\n", name, report.refused);
		exit(2);
	}
	clean = report.exhausted && !report.fault_count;
	printf("%s: %" PRIu64 " executions, %s%s\n", name, report.executions,
	       report.fault_count ? explore_fault_name(report.fault[0].kind) : "no fault",
	       report.exhausted ? ", exhausted" : "");
	explore_report_free(&report);
	if (clean || explore_minimise(model, &plan, EXPLORE_ANY_FAULT, &fault, &proven))
		return clean;
	ticket = explore_model_ticket(name, &plan, &fault);
	if (ticket && show_ticket(model, name, ticket) == 0)
		printf("%s\n", ticket);
	free(ticket);
	schedule_free(&fault.schedule);
	return false;
}

#endif
