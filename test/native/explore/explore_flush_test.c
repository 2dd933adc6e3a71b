/* SPDX-License-Identifier: MIT */
/* The story of a fault under x86-TSO: a store that leaves its buffer is a step, and has a line. */
#include <string.h>

#include "check.h"
#include "explore.h"
#include "story.h"

struct board {
	struct machine machine;
	struct word hidden, other, missed;
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct board *board = memory;

	(void)context;
	machine_init(&board->machine, &nobody);
	return &board->machine;
}

/* Both miss the other's store: the first one's was in its buffer all the while. */
static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct board *b = memory;
	uint64_t hidden, missed;

	(void)context;
	if (!cpu) {
		word_write(t, &b->hidden, 1, ORDER_RELEASE, SITE("hidden = 1"));
		if (!word_read(t, &b->other, ORDER_ACQUIRE, SITE("other")))
			word_write(t, &b->missed, 1, ORDER_RELEASE, SITE("missed = 1"));
		return 0;
	}
	word_write(t, &b->other, 1, ORDER_SEQ_CST, SITE("other = 1"));
	hidden = word_read(t, &b->hidden, ORDER_ACQUIRE, SITE("hidden"));
	missed = word_read(t, &b->missed, ORDER_ACQUIRE, SITE("missed"));
	explore_assert(t, hidden || !missed, "each missed the other");
	return 0;
}

/* The line of the trace that is at a site of @text. */
static const struct trace_line *line_at(const struct trace *trace, const char *text)
{
	for (size_t i = 0; i < trace->count; i++)
		if (!strcmp(trace->line[i].site->text, text))
			return &trace->line[i];
	return NULL;
}

static void a_flush_is_a_line_of_the_story(void)
{
	const struct explore_model model = {
		.threads = 2, .memory_bytes = sizeof(struct board), .init = init, .thread = thread};
	struct explore_plan plan = {.strategy = EXPLORE_STATEFUL, .memory = EXPLORE_TSO};
	const struct trace_line *hidden, *missed;
	struct explore_report report;
	uint32_t waits = 0, flushes = 0;
	struct trace trace;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK_EQ(report.fault_kinds, 1u << FAULT_CHECK_FAILED);
	CHECK_EQ(explore_tell_as(&model, &plan, &report.fault[0].schedule, NULL,
				 (struct wanted_fault){.kind = EXPLORE_ANY_FAULT}, &trace),
		 0);
	CHECK(trace.reproduced && trace.met);
	CHECK_EQ(trace.count, trace.steps);
	for (size_t i = 0; i < trace.count; i++) {
		CHECK_EQ(trace.line[i].step, i + 1);
		waits += trace.line[i].kind == TRACE_WRITE && trace.line[i].option;
		flushes += trace.line[i].kind == TRACE_FLUSH;
	}
	CHECK_EQ(waits, 2);
	CHECK_EQ(flushes, 2);
	hidden = line_at(&trace, "hidden");
	missed = line_at(&trace, "missed");
	CHECK(hidden && missed && missed->faulted);
	CHECK_TEXT(hidden->read, "0");
	CHECK_TEXT(missed->read, "1");
	/* It came with the flush, not with the store before that. */
	CHECK_EQ(missed->from_step, missed->step - 1);
	CHECK_EQ(hidden->from_step, TRACE_NOBODY);
	/* What it did not see waits with the other CPU, which wrote it. */
	CHECK_EQ(hidden->missed_step, line_at(&trace, "hidden = 1")->step);
	CHECK_EQ(hidden->missed_cpu, 0);
	CHECK(hidden->missed_waits);
	/* A store that has landed waits no more. */
	CHECK_EQ(missed->missed_step, TRACE_NOBODY);
	trace_free(&trace);
	explore_report_free(&report);
}

static const struct test tests[] = {
	{"a flush is a line of the story", a_flush_is_a_line_of_the_story},
};
TESTS(tests)
