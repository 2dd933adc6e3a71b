/* SPDX-License-Identifier: MIT */
/* Models with memory that is not in words, and with stacks of their own size. */
#include <errno.h>
#include <string.h>

#include "check.h"
#include "explore.h"

struct memory {
	struct machine machine;
	struct word word[2];
};

struct own {
	uint32_t value, counted; /* calls of put_back */
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;

	(void)context;
	machine_init(&((struct memory *)memory)->machine, &nobody);
	return memory;
}

static uint64_t plus(uint64_t value, uint64_t by)
{
	return value + by;
}

static void put_back(void *context)
{
	struct own *own = context;

	own->value = 0;
	own->counted++;
}

/* The model's own memory decides what a thread does: it has to be as it was each time. */
static uint64_t by_own(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct own *own = context;
	struct memory *m = memory;

	(void)cpu;
	word_update(t, &m->word[0], plus, 1, ORDER_SEQ_CST, SITE("first"));
	if (own->value++)
		return 0;
	word_update(t, &m->word[1], plus, 1, ORDER_SEQ_CST, SITE("second"));
	return 0;
}

static void memory_of_its_own(void)
{
	struct own own = {0};
	struct explore_model model = {.threads = 2,
				      .memory_bytes = sizeof(struct memory),
				      .stack_bytes = 1 << 20,
				      .init = init,
				      .thread = by_own,
				      .put_back = put_back,
				      .context = &own};
	struct explore_report report;

	for (uint32_t s = 0; s < EXPLORE_STRATEGIES; s++) {
		struct explore_plan plan = {.strategy = s, .executions_max = 500};

		own.counted = 0;
		if (s == EXPLORE_STATEFUL) {
			CHECK_EQ(explore(&model, &plan, &report), -EINVAL);
			CHECK(strstr(report.refused, "put_back") != NULL);
			continue;
		}
		CHECK_EQ(explore(&model, &plan, &report), 0);
		CHECK(own.counted >= report.executions);
		explore_report_free(&report);
	}
	model.put_back = NULL;
	own.value = 0;
	CHECK_EQ(explore(&model, &(struct explore_plan){.strategy = EXPLORE_DFS}, &report),
		 -ESTALE);
	model.put_back = put_back;
	model.check_is_pure = true;
	CHECK_EQ(explore(&model, &(struct explore_plan){.strategy = EXPLORE_DFS}, &report),
		 -EINVAL);
}

/* It would end the process on a stack of the usual size. */
static uint64_t deep(void *context, void *memory, struct task *t, uint32_t cpu)
{
	volatile char frame[3 * EXPLORE_STACK_BYTES];

	(void)context;
	(void)cpu;
	for (size_t i = 0; i < sizeof(frame); i += 1024)
		frame[sizeof(frame) - 1 - i] = 1;
	word_update(t, &((struct memory *)memory)->word[0], plus, frame[sizeof(frame) - 1],
		    ORDER_SEQ_CST, SITE("add"));
	return 0;
}

static void a_larger_stack(void)
{
	struct explore_model model = {.threads = 2,
				      .memory_bytes = sizeof(struct memory),
				      .stack_bytes = 8 * EXPLORE_STACK_BYTES,
				      .init = init,
				      .thread = deep};
	struct explore_plan plan = {.strategy = EXPLORE_STATEFUL};
	struct explore_report report;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK(report.exhausted);
	explore_report_free(&report);
	model.stack_bytes = 100;
	CHECK_EQ(explore(&model, &plan, &report), -EINVAL);
	CHECK(strstr(report.refused, "`stack_bytes`") != NULL);
}

static const struct test tests[] = {
	{"memory of its own", memory_of_its_own},
	{"a larger stack", a_larger_stack},
};
TESTS(tests)
