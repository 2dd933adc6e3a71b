/* SPDX-License-Identifier: MIT */
/*
 * Locks with a flaw each, and twins without it, under every memory model: what each of exclusion,
 * visibility, order of service and liveness is looked for with.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit.h"
#include "trial.h"

#define CLEAN FAULT_COUNT

extern const struct lock_ops lock_ops_one_bit, lock_ops_one_bit_swap, lock_ops_one_bit_update,
	lock_ops_hasty_ticket, lock_ops_unordered, lock_ops_forgetful;

struct mutant {
	struct lock_row row;
	struct verify_size size;
	uint32_t fault[EXPLORE_MEMORIES]; /* the kind under each model, or CLEAN */
	uint32_t sites;
};

static const struct mutant mutants[] = {
	{{.slug = "one_bit", .ops = &lock_ops_one_bit},
	 KIT_SIZE(2, 1),
	 {CLEAN, FAULT_CHECK, FAULT_DATA_RACE},
	 6},
	{{.slug = "one_bit_swap", .ops = &lock_ops_one_bit_swap},
	 KIT_SIZE(2, 1),
	 {CLEAN, CLEAN, FAULT_DATA_RACE},
	 6},
	{{.slug = "one_bit_update", .ops = &lock_ops_one_bit_update},
	 KIT_SIZE(2, 1),
	 {CLEAN, CLEAN, CLEAN},
	 6},
	{{.slug = "hasty_ticket", .ops = &lock_ops_hasty_ticket, .fifo = true},
	 KIT_SIZE(2, 1),
	 {CLEAN, CLEAN, FAULT_DATA_RACE},
	 4},
	{{.slug = "unordered", .ops = &lock_ops_unordered, .fifo = true},
	 KIT_SIZE(3, 1),
	 {FAULT_CHECK, FAULT_CHECK, FAULT_CHECK},
	 3},
	{{.slug = "forgetful", .ops = &lock_ops_forgetful},
	 KIT_SIZE(3, 1),
	 {FAULT_DEADLOCK, FAULT_DEADLOCK, FAULT_DEADLOCK},
	 3},
};

static const char *found_name(uint32_t kind)
{
	return kind == CLEAN ? "clean" : explore_fault_name(kind);
}

static void try_mutant(const struct mutant *mutant, enum explore_memory memory)
{
	struct lock_sites sites;
	struct trial trial = {.subject = {.row = &mutant->row},
			      .sites = &sites,
			      .memory = memory,
			      .size = mutant->size};
	struct outcome_of_trial outcome;
	uint32_t expected = mutant->fault[memory];

	lock_sites_of(mutant->row.slug, &sites);
	CHECK_EQ(sites.count, mutant->sites);
	CHECK_EQ(trial_run(&trial, &outcome), 0);
	printf("  %-15s %-5s %s: %s, %u options, %u preemptions\n", mutant->row.slug,
	       explore_memory_name(memory), found_name(outcome.fault.kind), outcome.fault.message,
	       outcome.fault.options, outcome.fault.preemptions);
	CHECK_EQ(outcome.fault.kind, expected);
	CHECK_EQ(outcome.verdict, expected == CLEAN ? VERIFY_CLEAN : VERIFY_FAULT);
	CHECK_EQ(outcome.exhausted, expected == CLEAN);
	/* The flaw itself needs what the weaker model adds, if it is not there in the stronger. */
	if (memory == EXPLORE_TSO && expected != CLEAN && mutant->fault[EXPLORE_SC] == CLEAN)
		CHECK(outcome.fault.options > 0);
	free(outcome.fault.ticket);
}

static void flaws_are_found(void)
{
	for (size_t i = 0; i < sizeof(mutants) / sizeof(mutants[0]); i++)
		for (uint32_t memory = 0; memory < EXPLORE_MEMORIES; memory++)
			if (kit_memories() >> memory & 1)
				try_mutant(&mutants[i], memory);
}

/* The message names what was expected of the lock. */
static void unordered_is_named(void)
{
	struct lock_sites sites;
	struct trial trial = {
		.subject = {.row = &mutants[4].row}, .sites = &sites, .size = mutants[4].size};
	struct outcome_of_trial outcome;

	lock_sites_of("unordered", &sites);
	CHECK_EQ(trial_run(&trial, &outcome), 0);
	CHECK(strstr(outcome.fault.site->text, "order of service") != NULL);
	free(outcome.fault.ticket);
}

static const struct test tests[] = {
	{"flaws are found, and twins are clean", flaws_are_found},
	{"a lock that does not serve in order is named so", unordered_is_named},
};
TESTS(tests)
