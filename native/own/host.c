/* SPDX-License-Identifier: MIT */
/* The host of own C: it loads a program that was compiled for it, and explores it. */
#include "host.h"
#include "process.h"

#include <stdio.h>
#include <string.h>

/* Raised where a line of its output changes. */
#define PROTOCOL 1

/* A constructor met a fault: that is what there is to report. */
static void fail_before_main(void)
{
	struct host_fault *fault = host_options.replay ? &host->story.fault : &host->fault[0];

	*fault = (struct host_fault){.kind = own_before.kind,
				     .at = host_offset(own_before.pc),
				     .count = 1,
				     .execution = 1,
				     .minimal = true};
	snprintf(fault->message, sizeof(fault->message), "before main(): %.200s",
		 own_before.message);
	host->limit = LIMIT_FAULT;
	host->faults = 1;
	host->story.faulted = true;
	host->story.reproduced = !host_options.deviations;
	host->story.met =
		host_options.kind == EXPLORE_ANY_FAULT || host_options.kind == fault->kind;
}

static void work(void)
{
	const char *sentence;

	for (uint32_t i = 0; i < host->facts; i++)
		own_know(host->fact[i].fact, host->fact[i].value);
	sentence = own_load(host_options.object);
	host->phase = HOST_RUNNING;
	if (own_before.met) {
		fail_before_main();
		return;
	}
	if (sentence)
		own_refuse(0, "%s", sentence);
	host_share_facts();
	if (host_options.replay)
		host_replay();
	else if (host->finishing)
		host_search_on();
	else
		host_search();
}

int main(int argc, char **argv)
{
	int r;

	if (argc == 2 && !strcmp(argv[1], "--version")) {
		printf("dmtorture-own %d\n", PROTOCOL);
		return 0;
	}
	r = host_read_options(argc, argv);
	return r ? r : host_supervise(work);
}
