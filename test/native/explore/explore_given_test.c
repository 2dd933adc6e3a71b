/* SPDX-License-Identifier: MIT */
/*
 * What a program that is not written for the explorer gives it: words that have their value from
 * elsewhere, memory for its choices, an address for its stacks.
 */
#include <errno.h>
#include <sys/mman.h>

#include "check.h"
#include "explore.h"

struct memory {
	struct machine machine;
	struct word word[4];
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

static struct word *word_of(void *memory, uint32_t at)
{
	return &((struct memory *)memory)->word[at];
}

/* A word holds what the program's memory has; the model learns of it at its first access. */
static uint64_t settle(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct word *w = word_of(memory, 0);

	(void)context;
	(void)cpu;
	point(t, POINT_RMW, w, SITE("step"));
	if (!word_peek(word_of(memory, 1))) {
		/* It has been put back, by whatever execution it was settled. */
		CHECK_EQ(word_peek(w), 0);
		fibers_settle(t, w, 40);
		word_store(t, word_of(memory, 1), 1);
	}
	CHECK(word_peek(w) >= 40);
	observe(t, word_peek(w));
	word_store(t, w, word_peek(w) + 1);
	return 0;
}

/* Of what the words hold at the ends of a search. */
static void note_sum(void *context, struct fibers *f, bool faulted)
{
	const struct word *word = ((const struct memory *)f->hot.memory)->word;

	CHECK(!faulted);
	*(uint64_t *)context += word[0].value + 16 * word[1].value;
}

static void a_word_that_is_settled(void)
{
	uint64_t sum = 0;
	struct explore_model model = {.threads = 2,
				      .memory_bytes = sizeof(struct memory),
				      .init = init,
				      .thread = settle,
				      .outcome = note_sum,
				      .context = &sum};
	struct explore_report report;

	for (uint32_t collect = 0; collect < 2; collect++) {
		struct explore_plan plan = {.strategy = EXPLORE_DPOR, .collect = collect};

		CHECK_EQ(explore(&model, &plan, &report), 0);
		CHECK_EQ(report.executions, 2);
		CHECK_EQ(report.executions * (42 + 16), sum);
		sum = 0;
		explore_report_free(&report);
	}
}

/* What another process would see, at each step. */
struct looker {
	uint32_t *schedule;
	uint32_t calls;
};

static uint64_t look(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct looker *looker = context;

	(void)cpu;
	for (uint32_t i = 0; i < 3; i++) {
		const struct fibers *f = t->fibers;

		word_update(t, word_of(memory, 0), plus, 1, ORDER_SEQ_CST, SITE("step"));
		for (uint32_t step = 0; step < f->steps; step++)
			CHECK(looker->schedule[step] != 0);
		CHECK_EQ(choice_chosen(looker->schedule[f->steps - 1]), t->common.cpu);
		CHECK_EQ(looker->schedule[f->steps], 0);
		CHECK_EQ(looker->schedule[f->steps + 1], 0);
		looker->calls++;
	}
	return 0;
}

static void choices_that_others_see(void)
{
	static uint32_t schedule[STEPS_MAX];
	struct looker looker = {.schedule = schedule};
	struct explore_model model = {.threads = 2,
				      .memory_bytes = sizeof(struct memory),
				      .schedule = schedule,
				      .init = init,
				      .thread = look,
				      .context = &looker};
	struct explore_plan plan = {.strategy = EXPLORE_DFS};
	struct explore_report report;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK(report.exhausted && looker.calls >= 20 * 6);
	explore_report_free(&report);
}

#define STACKS ((uintptr_t)0x300000000000)
#define STACKS_BYTES (16u << 20)

static uint64_t look_at_stack(void *context, void *memory, struct task *t, uint32_t cpu)
{
	uintptr_t frame = (uintptr_t)__builtin_frame_address(0);

	(void)context;
	CHECK(frame - STACKS < STACKS_BYTES);
	word_update(t, word_of(memory, cpu), plus, frame % 4096, ORDER_SEQ_CST, SITE("step"));
	return 0;
}

static void stacks_at_an_address(void)
{
	struct explore_model model = {.threads = 2,
				      .memory_bytes = sizeof(struct memory),
				      .stacks_at = (void *)STACKS,
				      .init = init,
				      .thread = look_at_stack};
	struct explore_plan plan = {.strategy = EXPLORE_DFS};
	struct explore_report report;
	void *taken;

	/* Twice: they are given back. */
	for (uint32_t i = 0; i < 2; i++) {
		CHECK_EQ(explore(&model, &plan, &report), 0);
		explore_report_free(&report);
	}
	taken = mmap((void *)STACKS, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK_PTR(taken, STACKS);
	CHECK_EQ(explore(&model, &plan, &report), -ENOMEM);
	munmap(taken, 4096);
}

static const struct test tests[] = {
	{"a word that is settled", a_word_that_is_settled},
	{"choices that others see", choices_that_others_see},
	{"stacks at an address", stacks_at_an_address},
};
TESTS(tests)
