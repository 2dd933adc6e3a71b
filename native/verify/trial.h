/* SPDX-License-Identifier: MIT */
/* One subject under one memory model at one size, with some of its orders replaced. */
#ifndef DMTORTURE_VERIFY_TRIAL_H
#define DMTORTURE_VERIFY_TRIAL_H

#include "court.h"
#include "sites.h"

struct trial {
	struct subject subject;
	const struct lock_sites *sites;
	enum explore_memory memory;
	struct verify_size size;
	/* By number of the site: ORDER_NONE, or the order in the place of the source's. */
	const uint8_t *weaker; /* LOCK_SITES_MAX; NULL: none */
	bool c11_sequences;
	bool as_found; /* do not minimise */
	bool bare;     /* whether there is a fault is enough: no message, no ticket */
	uint64_t states_max;
	uint64_t time_ms_max; /* 0: no limit */
	const volatile bool *stop;
	/* Now and then, as a plan has it. */
	void (*progress)(void *context, uint64_t executions, uint64_t states);
	void *progress_context;
};

struct outcome_of_trial {
	enum verify_verdict verdict;
	enum explore_limit limit;
	bool exhausted;
	uint64_t reached; /* bit n: site n */
	uint64_t states, executions, elapsed_ns;
	enum verify_sharing sharing;
	struct verify_fault fault; /* its ticket is the caller's */
};

_Static_assert(LOCK_SITES_MAX <= 64, "sites that were come to are bits of 64");

/* Returns 0 with *@outcome set, or -errno as explore() does. */
int trial_run(const struct trial *trial, struct outcome_of_trial *outcome);

/* The orders of @weaker as a plan has them: returns how many, in @orders of LOCK_SITES_MAX. */
uint32_t trial_orders(const struct lock_sites *sites, const uint8_t *weaker,
		      struct site_order *orders);

#endif
