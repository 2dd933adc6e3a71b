/* SPDX-License-Identifier: MIT */
/* A heap that is made wrong is refused with a sentence; one that is made too small is a fault. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "explore.h"
#include "heap.h"
#include "story.h"

#define OBJECTS 4

struct heaped {
	struct machine machine;
	struct word word[2]; /* the objects of both threads */
	struct heap heap;
	char memory[4096] __attribute__((aligned(HEAP_ALIGN)));
};

/* What heap_init() is called with. */
struct heap_numbers {
	size_t object_bytes;
	uint32_t tasks, objects;
	size_t offset, bytes; /* of the memory */
};

static struct machine *init_heap(void *context, void *memory)
{
	static const struct recorder nobody;
	const struct heap_numbers *n = context;
	struct heaped *m = memory;

	machine_init(&m->machine, &nobody);
	heap_init(&m->heap, n->object_bytes, n->tasks, n->objects, m->memory + n->offset, n->bytes);
	return &m->machine;
}

static uint64_t makes_one(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct heaped *m = memory;
	void *object = heap_alloc(t, &m->heap);

	(void)context;
	word_write(t, &m->word[cpu], (uintptr_t)object, ORDER_RELAXED, SITE("word = object"));
	return 0;
}

static const struct site *frees_all(void *context, void *memory, struct task *closer)
{
	struct heaped *m = memory;

	(void)context;
	for (uint32_t cpu = 0; cpu < 2; cpu++)
		heap_free(closer, &m->heap, (void *)(uintptr_t)word_peek(&m->word[cpu]));
	heap_leaks(closer, &m->heap);
	return NULL;
}

static struct explore_model heap_model(struct heap_numbers *numbers)
{
	return (struct explore_model){.threads = 2,
				      .memory_bytes = sizeof(struct heaped),
				      .init = init_heap,
				      .thread = makes_one,
				      .check = frees_all,
				      .context = numbers};
}

static void wrong_heaps(void)
{
	static const struct {
		struct heap_numbers numbers;
		const char *says;
	} wrong[] = {
		{{12, 3, OBJECTS, 0, 4096}, "expected `object_bytes` to be a multiple of 8"},
		{{16, 0, OBJECTS, 0, 4096}, "`tasks` 1.."},
		{{16, 3, 0, 0, 4096}, "`objects` 1.."},
		{{16, 3, OBJECTS, 8, 4088}, "expected `memory` to be aligned to 128 bytes"},
		{{16, 3, OBJECTS, 0, 128}, "expected `memory_bytes` to be at least "},
		{{16, 3, OBJECTS, 0, 128}, "(heap_bytes(16, 3, 4)), got `128`"},
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct heap_numbers numbers = wrong[i].numbers;

		const struct explore_plan plan = {.strategy = EXPLORE_DPOR};
		struct explore_model model = heap_model(&numbers);
		struct explore_report report;

		CHECK_EQ(explore(&model, &plan, &report), -EINVAL);
		CHECK(strstr(report.refused, wrong[i].says) != NULL);
	}
}

/* The message of the first fault where the heap is made for @tasks tasks; "" without a fault. */
static void message_with(uint32_t tasks, char *message, size_t bytes)
{
	struct heap_numbers numbers = {16, tasks, OBJECTS, 0, heap_bytes(16, tasks, OBJECTS)};
	struct explore_model model = heap_model(&numbers);
	const struct explore_plan plan = {.strategy = EXPLORE_DPOR};
	struct explore_report report;
	struct trace trace;

	message[0] = '\0';
	CHECK(numbers.bytes <= sizeof(((struct heaped *)NULL)->memory));
	CHECK_EQ(explore(&model, &plan, &report), 0);
	if (report.fault_count &&
	    !explore_tell(&model, &report.fault[0].schedule, false, false, NULL, &trace)) {
		snprintf(message, bytes, "%s", trace.message);
		trace_free(&trace);
	}
	explore_report_free(&report);
}

static void too_few_tasks(void)
{
	char message[512];

	message_with(3, message, sizeof(message));
	CHECK_TEXT(message, "");
	/* The closer is forgotten. */
	message_with(2, message, sizeof(message));
	CHECK(strstr(message, "the heap has `tasks` 2, and task 2 (the first is 0) uses it"));
	CHECK(strstr(message, "the closer, which calls `check`, is a task, too"));
	message_with(1, message, sizeof(message));
	CHECK(strstr(message, "the heap has `tasks` 1, and task 1 (the first is 0) uses it"));
}

static const struct test tests[] = {
	{"wrong heaps", wrong_heaps},
	{"too few tasks", too_few_tasks},
};

TESTS(tests)
