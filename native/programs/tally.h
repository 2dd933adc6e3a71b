/* SPDX-License-Identifier: MIT */
/*
 * Counting the outcomes of rounds: one entry a combination of results, and one more for the rounds
 * of that combination that met a fault (a leak is not the result of an operation).
 */
#ifndef DMTORTURE_TALLY_H
#define DMTORTURE_TALLY_H

#include "report.h"

struct tally_entry {
	uint64_t hash, count;
	bool faulted;
	bool serial; /* also seen when the programs ran one after another */
};

/* Open addressing; entry n's results stand at results + n * width. */
struct tally {
	uint32_t width; /* results of one outcome */
	uint32_t capacity, used;
	struct tally_entry *entries;
	int32_t *results;
};

/* @width: results of one outcome, at least 1. Returns 0 or -ENOMEM. */
int tally_init(struct tally *tally, uint32_t width);
void tally_free(struct tally *tally);
/*
 * Count @times of one outcome. Returns 0, or -ENOMEM with the outcome not counted.
 * @serial: it came from a serial run.
 */
int tally_add(struct tally *tally, const int32_t *results, bool faulted, bool serial,
	      uint64_t times);
/* Add what @from counted. Returns 0 or -ENOMEM. */
int tally_merge(struct tally *into, const struct tally *from);
/*
 * Hand the outcomes over to @report, graded, the most frequent first. Outcomes that were never
 * counted (serial ones that did not come up) are left out. Returns 0 or -ENOMEM.
 */
int tally_report(const struct tally *tally, struct report *report);
/* Free what tally_report() gave, and the latencies. */
void report_free(struct report *report);

#endif
