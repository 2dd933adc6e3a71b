/* SPDX-License-Identifier: MIT */
/* Data races by the kind of access: a compare-and-swap that fails is a read, a free is a write. */
#include <stdio.h>

#include "check.h"
#include "programs.h"

#define WALKS 2000

static uint64_t read_plain(struct task *t, struct word *w)
{
	point(t, POINT_READ_PLAIN, w, SITE("plain read"));
	return observe(t, word_load(t, w));
}

static void write_plain(struct task *t, struct word *w, uint64_t value)
{
	point(t, POINT_WRITE_PLAIN, w, SITE("plain write"));
	word_store(t, w, value);
}

/* Whether it wrote. */
static bool swap_if(struct task *t, struct word *w, uint64_t old, uint64_t value)
{
	return word_cas(t, w, old, value, ORDER_SEQ_CST, SITE("compare and swap")) == old;
}

/* Two reads, one of them marked. */
static void fails_beside_a_read(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu)
		read_plain(t, &c->word[0]);
	else
		swap_if(t, &c->word[0], 1, 2);
}

static void swaps_beside_a_read(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu)
		read_plain(t, &c->word[0]);
	else
		swap_if(t, &c->word[0], 0, 1);
}

static void fails_beside_a_write(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu)
		write_plain(t, &c->word[0], 5);
	else
		swap_if(t, &c->word[0], 1, 2);
}

/* The second looks at the data if it saw what the first's swap wrote; only that hands it over. */
static void swap_hands_over(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 0) {
		write_plain(t, &c->word[1], 1);
		swap_if(t, &c->word[0], 0, 1);
	} else if (LOAD(c->word[0])) {
		read_plain(t, &c->word[1]);
	}
}

static void failure_hands_nothing_over(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 0) {
		write_plain(t, &c->word[1], 1);
		swap_if(t, &c->word[0], 7, 1);
	} else {
		LOAD(c->word[0]);
		read_plain(t, &c->word[1]);
	}
}

/* The failed swap of the first reads what the second's store handed over. */
static void failure_takes_over(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu == 1) {
		write_plain(t, &c->word[1], 1);
		STORE(c->word[0], 1);
	} else if (!swap_if(t, &c->word[0], 0, 0)) {
		read_plain(t, &c->word[1]);
	}
}

static void frees(struct classic *c, struct task *t)
{
	point_range(t, POINT_FREE, &c->word[0], 2, SITE("free"));
}

static void free_beside_a_read(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu)
		frees(c, t);
	else
		read_plain(t, &c->word[1]);
}

static void free_beside_a_marked_read(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu)
		frees(c, t);
	else
		LOAD(c->word[1]);
}

static void free_with_the_lock(struct classic *c, struct task *t, uint32_t cpu)
{
	spin_lock(t, &c->lock[0]);
	free_beside_a_read(c, t, cpu);
	spin_unlock(t, &c->lock[0]);
}

static void two_free(struct classic *c, struct task *t, uint32_t cpu)
{
	(void)cpu;
	frees(c, t);
}

static bool races(void (*thread)(struct classic *c, struct task *t, uint32_t cpu),
		  enum explore_strategy strategy)
{
	struct classic_row row = {.name = "kinds", .threads = 2, .thread = thread};
	struct classic_run seen;
	struct explore_model model = classic_model(&seen, &row);
	struct explore_plan plan = {.strategy = strategy,
				    .preemptions_max = UINT32_MAX,
				    .executions_max = strategy == EXPLORE_RANDOM ? WALKS : 0,
				    .all_faults = true,
				    .races = true};
	struct explore_report report;
	bool found;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	found = report.fault_kinds == 1u << FAULT_DATA_RACE;
	CHECK(found || !report.fault_kinds);
	explore_report_free(&report);
	return found;
}

static void by_kind_of_access(void)
{
	static const struct {
		void (*thread)(struct classic *c, struct task *t, uint32_t cpu);
		const char *name;
		bool races;
	} cases[] = {
		{fails_beside_a_read, "a failed swap beside a read", false},
		{swaps_beside_a_read, "a swap beside a read", true},
		{fails_beside_a_write, "a failed swap beside a write", true},
		{swap_hands_over, "a swap hands over", false},
		{failure_hands_nothing_over, "a failed swap hands nothing over", true},
		{failure_takes_over, "a failed swap takes over", false},
		{free_beside_a_read, "a free beside a read", true},
		{free_beside_a_marked_read, "a free beside a marked read", true},
		{free_with_the_lock, "a free with the lock", false},
		{two_free, "two frees", true},
	};
	static const enum explore_strategy strategies[] = {EXPLORE_DFS, EXPLORE_DPOR,
							   EXPLORE_RANDOM};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t k = 0; k < 3; k++)
			if (!CHECK_EQ(races(cases[i].thread, strategies[k]), cases[i].races))
				printf("  %s, %s\n", cases[i].name,
				       explore_strategy_name(strategies[k]));
}

static const struct test tests[] = {
	{"by kind of access", by_kind_of_access},
};
TESTS(tests)
