/* SPDX-License-Identifier: MIT */
/* What a writer of models does wrong is an error with a sentence: the caller lives, and goes on. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "explore.h"

#define MANY_WORDS (UNDO_RESERVE + 8)

struct memory {
	struct machine machine;
	struct word word[2];
	struct word many[MANY_WORDS];
};

static struct spinlock outside;

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct memory *m = memory;

	(void)context;
	machine_init(&m->machine, &nobody);
	return &m->machine;
}

static void one_step(void *memory, struct task *t, uint32_t cpu)
{
	struct word *w = &((struct memory *)memory)->word[cpu % 2];

	point(t, POINT_RMW, w, SITE("word++"));
	word_add(t, w, 1);
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	(void)context;
	one_step(memory, t, cpu);
	return 0;
}

static struct explore_model sound_model(void)
{
	return (struct explore_model){.threads = 2,
				      .memory_bytes = sizeof(struct memory),
				      .init = init,
				      .thread = thread};
}

/* Explore @model: -EINVAL, and a sentence that has @says; also where it is only replayed. */
static void refused(struct explore_model model, struct explore_plan plan, const char *says)
{
	struct explore_report report;
	struct explore_fault fault;
	bool proven;
	int r = explore(&model, &plan, &report);

	if (r != -EINVAL || !strstr(report.refused, says))
		printf("  %d: %s\n", r, report.refused);
	CHECK_EQ(r, -EINVAL);
	CHECK(strstr(report.refused, says) != NULL);
	CHECK_EQ(report.fault_count, 0);
	CHECK_EQ(explore_minimise(&model, &plan, EXPLORE_ANY_FAULT, &fault, &proven), -EINVAL);
}

static void wrong_models(void)
{
	const struct explore_plan plan = {.strategy = EXPLORE_DPOR};
	struct explore_model model = sound_model();

	model.threads = 1;
	refused(model, plan, "Expected `threads` to be 2..");
	model.threads = EXPLORE_THREADS_MAX + 1;
	refused(model, plan, "Expected `threads` to be 2..");
	model.threads = FLUSH_THREADS + 1;
	refused(model, (struct explore_plan){.strategy = EXPLORE_STATEFUL, .memory = EXPLORE_TSO},
		"Expected `threads` to be 2..8 under tso");
	model = sound_model();
	model.init = NULL;
	refused(model, plan, "Expected `init` and `thread` to be functions");
	model = sound_model();
	model.thread = NULL;
	refused(model, plan, "Expected `init` and `thread` to be functions");
	model = sound_model();
	model.local_bytes = 8;
	refused(model, plan, "Expected `local_bytes` to be 0 or at least");
}

static void wrong_plans(void)
{
	struct explore_plan plan = {.strategy = EXPLORE_DPOR, .steps_max = STEPS_MAX + 1};

	refused(sound_model(), plan, "Expected `steps_max`");
}

static void nothing_at_all(void)
{
	struct explore_model model = sound_model();
	struct explore_plan plan = {.strategy = EXPLORE_DPOR};
	struct explore_report report;
	struct explore_fault fault;
	bool proven;

	CHECK_EQ(explore(&model, &plan, NULL), -EINVAL);
	CHECK_EQ(explore(NULL, &plan, &report), -EINVAL);
	CHECK(strstr(report.refused, "got NULL") != NULL);
	CHECK_EQ(explore(&model, NULL, &report), -EINVAL);
	CHECK_EQ(explore_minimise(&model, NULL, 0, &fault, &proven), -EINVAL);
	CHECK_EQ(explore_minimise(&model, &plan, 0, NULL, &proven), -EINVAL);
}

/* --- setting up --- */

static struct machine *returns_nothing(void *context, void *memory)
{
	(void)context;
	(void)memory;
	return NULL;
}

static struct machine *task_in_init(void *context, void *memory)
{
	static struct task t;
	struct machine *machine = init(context, memory);

	task_init(&t, machine, 0);
	return machine;
}

static void enters_nobody(void *context, void *memory, struct task *local, uint32_t cpu)
{
	(void)context;
	(void)memory;
	(void)local;
	(void)cpu;
}

static void enters_another(void *context, void *memory, struct task *local, uint32_t cpu)
{
	(void)context;
	task_init(local, &((struct memory *)memory)->machine, cpu ? cpu - 1 : cpu);
}

static void enters_too_many(void *context, void *memory, struct task *local, uint32_t cpu)
{
	(void)context;
	task_init(local, &((struct memory *)memory)->machine, cpu + 1000);
}

static void enters_elsewhere(void *context, void *memory, struct task *local, uint32_t cpu)
{
	static struct machine other;

	(void)context;
	(void)memory;
	task_init(local, &other, cpu);
}

static void faults_in_enter(void *context, void *memory, struct task *local, uint32_t cpu)
{
	(void)context;
	task_init(local, &((struct memory *)memory)->machine, cpu);
	explore_assert(local, cpu == 1000, "never");
}

static void wrong_set_up(void)
{
	const struct explore_plan plan = {.strategy = EXPLORE_DPOR};
	struct explore_model model = sound_model();

	model.init = returns_nothing;
	refused(model, plan, "`init` has to return the machine");
	model.init = task_in_init;
	refused(model, plan, "a machine that `init` did not return");
	model = sound_model();
	model.enter = enters_nobody;
	refused(model, plan, "`enter` has to call task_init");
	model.enter = enters_another;
	refused(model, plan, "`enter` has to call task_init");
	model.enter = enters_too_many;
	refused(model, plan, "there are at most");
	model.enter = enters_elsewhere;
	refused(model, plan, "a machine that `init` did not return");
	model.enter = faults_in_enter;
	refused(model, plan, "is a fault in `init` or `enter`");
}

/* --- running --- */

static uint64_t goes_outside(void *context, void *memory, struct task *t, uint32_t cpu)
{
	(void)context;
	one_step(memory, t, cpu);
	point(t, POINT_READ, &outside.holder, SITE("outside"));
	return 0;
}

/* In some orders only. */
static uint64_t goes_outside_late(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct memory *m = memory;

	one_step(memory, t, cpu);
	point(t, POINT_READ, &m->word[1], SITE("word[1]"));
	if (!cpu && observe(t, word_load(t, &m->word[1])))
		goes_outside(context, memory, t, cpu);
	return 0;
}

static uint64_t changes_too_much(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct memory *m = memory;

	(void)context;
	one_step(memory, t, cpu);
	for (uint32_t i = 0; i < 8 * MANY_WORDS; i++)
		word_store(t, &m->many[i % MANY_WORDS], i + 1);
	return 0;
}

static void outside_before(void *context, void *memory, struct task *t)
{
	(void)context;
	(void)memory;
	point(t, POINT_READ, &outside.holder, SITE("outside"));
	spin_lock_at(t, &outside, SITE("lock outside"));
}

static const struct site *outside_in_check(void *context, void *memory, struct task *t)
{
	(void)context;
	(void)memory;
	spin_lock_at(t, &outside, SITE("lock outside"));
	return NULL;
}

static void wrong_accesses(void)
{
	static const enum explore_strategy complete[] = {EXPLORE_DFS, EXPLORE_DPOR,
							 EXPLORE_STATEFUL, EXPLORE_PORTFOLIO};
	struct explore_model model = sound_model();

	for (size_t i = 0; i < sizeof(complete) / sizeof(complete[0]); i++) {
		const struct explore_plan plan = {.strategy = complete[i]};

		model.thread = goes_outside;
		refused(model, plan, "\"outside\" is not a word of the model's memory");
		model.thread = goes_outside_late;
		refused(model, plan, "\"outside\" is not a word of the model's memory");
	}
	model.thread = changes_too_much;
	refused(model, (struct explore_plan){.strategy = EXPLORE_STATEFUL}, "words in one step");
	model = sound_model();
	model.before = outside_before;
	refused(model, (struct explore_plan){.strategy = EXPLORE_DPOR}, "\"lock outside\"");
	model = sound_model();
	model.check = outside_in_check;
	refused(model, (struct explore_plan){.strategy = EXPLORE_DPOR}, "\"lock outside\"");
}

/* --- nothing to interleave --- */

static uint64_t uses_bare_accesses(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct memory *m = memory;

	(void)context;
	word_store(t, &m->word[cpu], word_load(t, &m->word[0]) + 1);
	return 0;
}

static uint64_t only_the_first_has_a_point(void *context, void *memory, struct task *t,
					   uint32_t cpu)
{
	return cpu ? uses_bare_accesses(context, memory, t, cpu) : thread(context, memory, t, cpu);
}

static void nothing_to_interleave(void)
{
	uint64_t (*const threads[])(void *, void *, struct task *,
				    uint32_t) = {uses_bare_accesses, only_the_first_has_a_point};

	for (size_t i = 0; i < 2; i++) {
		struct explore_model model = sound_model();
		const struct explore_plan plan = {.strategy = EXPLORE_DPOR};
		struct explore_report report;

		model.thread = threads[i];
		CHECK_EQ(explore(&model, &plan, &report), -ENODATA);
		CHECK(strstr(report.refused, "Fewer than two threads come to a point"));
		CHECK(strstr(report.refused, "a bare word_load() or word_store() is not a point"));
	}
}

/* What is refused leaves nothing behind. */
static void goes_on_after_it(void)
{
	struct explore_model model = sound_model();
	struct explore_plan plan = {.strategy = EXPLORE_DPOR};
	struct explore_report report;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK(report.exhausted && !report.refused[0]);
	explore_report_free(&report);
}

static const struct test tests[] = {
	{"wrong models", wrong_models},
	{"wrong plans", wrong_plans},
	{"nothing at all", nothing_at_all},
	{"wrong set-up", wrong_set_up},
	{"wrong accesses", wrong_accesses},
	{"goes on after it", goes_on_after_it},
	{"nothing to interleave", nothing_to_interleave},
};

TESTS(tests)
