/* SPDX-License-Identifier: MIT */
/*
 * One storm with every patch in: operations per second, and per second of CPU time. Built twice,
 * with the ledger and without, so that the runner can set one against the other.
 *
 *   storm THREADS MILLISECONDS SEED
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "engine.h"

static int hear_progress(void *context, const struct progress *progress)
{
	(void)context;
	(void)progress;
	return 0;
}

static int hear_fault(void *context, const struct fault_note *fault)
{
	(void)context;
	fprintf(stderr, "storm: %s: %s\n", fault_table[fault->kind].slug, fault->message);
	exit(1);
}

/* Seconds of CPU time that the process has used: what others take from it does not count. */
static double cpu_seconds(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static int hear_end(void *context, const struct report *report)
{
	(void)context;
	printf("{\"opsPerSecond\": %.0f, \"opsPerCpuSecond\": %.0f}\n",
	       (double)report->totals.ops * 1e9 / (double)report->totals.elapsed_ns,
	       (double)report->totals.ops / cpu_seconds());
	return 0;
}

int main(int argc, char **argv)
{
	struct listener listener = {
		.progress = hear_progress, .fault = hear_fault, .finished = hear_end};
	struct run_input input;
	struct run *run;
	int r;

	if (argc != 4) {
		fputs("usage: storm THREADS MILLISECONDS SEED\n", stderr);
		return 2;
	}
	memset(&input, 0, sizeof(input));
	plan_init(&input.plan);
	input.plan.threads = strtoull(argv[1], NULL, 10);
	input.plan.duration_ms = strtoull(argv[2], NULL, 10);
	input.plan.seed = strtoull(argv[3], NULL, 10);
	input.plan.perturb = 0;
	input.plan.latency = 0;
	input.plan.tick_ms = 10;
	r = run_start(&run, &input, &listener);
	if (r) {
		fprintf(stderr, "storm: run_start: %d\n", r);
		return 2;
	}
	run_join_free(run);
	return 0;
}
