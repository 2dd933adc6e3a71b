/* SPDX-License-Identifier: MIT */
/* plan.paranoid: a forgotten observe() hides no state, and is named; where none is, nothing is. */
#include <errno.h>
#include <stdio.h>

#include "dm_model.h"
#include "check.h"
#include "programs.h"
#include "scenarios.h"

static const struct site forgotten = {
	.func = "forgetful", .text = "read without observe()", .line = 1};

/* What was read decides much later, when the word is what it was: two states look like one. */
static void forgetful(struct classic *c, struct task *t, uint32_t cpu)
{
	uint64_t seen;

	if (cpu) {
		STORE(c->word[0], 1);
		STORE(c->word[0], 0);
		return;
	}
	point(t, POINT_READ, &c->word[0], &forgotten);
	seen = word_peek(&c->word[0]);
	STORE(c->word[1], 5);
	STORE(c->word[2], 5);
	if (seen)
		oops(t, USE_AFTER_FREE, SITE("seen"), "it was 1");
}

/* The same, and it is stored: where to, and what, are the same in the thread's eyes. */
static void copies_later(struct classic *c, struct task *t, uint32_t cpu)
{
	uint64_t seen;

	if (cpu) {
		STORE(c->word[0], 1);
		STORE(c->word[0], 0);
		return;
	}
	point(t, POINT_READ, &c->word[0], &forgotten);
	seen = word_peek(&c->word[0]);
	STORE(c->word[1], 5);
	STORE(c->word[2], seen);
}

/* Guarded by a lock, read without a point. */
static void under_the_lock(struct classic *c, struct task *t, uint32_t cpu)
{
	uint64_t seen;

	spin_lock_at(t, &c->lock[0], &forgotten);
	seen = word_peek(&c->word[0]);
	if (cpu)
		word_store(t, &c->word[0], 1 - seen);
	spin_unlock(t, &c->lock[0]);
	if (!cpu && seen)
		STORE(c->word[1], 1);
	STORE(c->word[2], 1);
}

/* What is read and written back within one step needs no observe(). */
static void within_a_step(struct classic *c, struct task *t, uint32_t cpu)
{
	(void)cpu;
	for (uint32_t i = 0; i < 2; i++) {
		point(t, POINT_RMW, &c->word[0], SITE("word[0]++"));
		word_add(t, &c->word[0], 1);
		LOAD(c->word[0]);
	}
}

static struct explore_report explored(const struct explore_model *model,
				      enum explore_strategy strategy, bool paranoid)
{
	struct explore_plan plan = {.strategy = strategy,
				    .preemptions_max = UINT32_MAX,
				    .all_faults = true,
				    .paranoid = paranoid};
	struct explore_report report;

	CHECK_EQ(explore(model, &plan, &report), 0);
	CHECK(report.exhausted);
	return report;
}

static void names_what_was_forgotten(void)
{
	static void (*const threads[])(struct classic * c, struct task * t,
				       uint32_t cpu) = {forgetful, copies_later, under_the_lock};
	static const enum explore_strategy strategies[] = {EXPLORE_STATEFUL, EXPLORE_DFS};

	for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++)
		for (size_t k = 0; k < sizeof(strategies) / sizeof(strategies[0]); k++) {
			struct classic_row row = {
				.name = "forgets", .threads = 2, .thread = threads[i]};
			struct classic_run seen;
			struct explore_model model = classic_model(&seen, &row);
			struct explore_report r = explored(&model, strategies[k], true);

			if (!CHECK_PTR(r.unobserved, &forgotten))
				printf("  %zu by %s\n", i, explore_strategy_name(strategies[k]));
			explore_report_free(&r);
		}
}

/* Stateful search takes two states for one, and with paranoid it does not. */
static void hides_nothing(void)
{
	struct classic_row row = {.name = "forgets", .threads = 2, .thread = forgetful};
	struct classic_run seen;
	struct explore_model model = classic_model(&seen, &row);
	struct explore_report all = explored(&model, EXPLORE_DFS, false);
	struct explore_report r = explored(&model, EXPLORE_STATEFUL, true);

	CHECK_EQ(all.fault_kinds, 1u << FAULT_USE_AFTER_FREE);
	CHECK_EQ(r.fault_kinds, all.fault_kinds);
	CHECK(!all.unobserved);
	explore_report_free(&all);
	explore_report_free(&r);
}

static void no_false_alarm(void)
{
	struct classic_row within = {.name = "within", .threads = 2, .thread = within_a_step};

	for (uint32_t i = 0; i <= classic_count; i++) {
		const struct classic_row *row = i ? &classics[i - 1] : &within;
		struct classic_run seen;
		struct explore_model model = classic_model(&seen, row);
		struct explore_report r;

		if (row->threads > 2)
			continue;
		r = explored(&model, EXPLORE_STATEFUL, true);
		CHECK_EQ(r.fault_kinds, row->faults);
		if (!CHECK(!r.unobserved))
			printf("  %s: %s\n", row->name, r.unobserved->text);
		explore_report_free(&r);
	}
}

/* The device mapper itself forgets nothing. */
static void nor_does_the_core(void)
{
	static struct dm_model model;

	for (uint32_t i = 0; i < 2 * scenario_count; i++) {
		struct program_set programs = scenario_named(scenarios[i / 2].name);
		struct dm_setup setup = {.patches = i % 2 ? PATCHES_ALL : 0};
		struct explore_plan plan = {.strategy = EXPLORE_DPOR,
					    .executions_max = 2000,
					    .all_faults = true,
					    .paranoid = true};
		struct explore_report r;
		int error;

		dm_model_init(&model, &programs, &setup);
		error = explore(&model.model, &plan, &r);
		CHECK(error == 0 || error == -EFAULT);
		if (!CHECK(!r.unobserved))
			printf("  %s: %s: %s\n", scenarios[i / 2].name, r.unobserved->func,
			       r.unobserved->text);
		explore_report_free(&r);
		program_set_free(&programs);
	}
}

static const struct test tests[] = {
	{"names what was forgotten", names_what_was_forgotten},
	{"hides nothing", hides_nothing},
	{"no false alarm", no_false_alarm},
	{"nor does the core", nor_does_the_core},
};
TESTS(tests)
