/* SPDX-License-Identifier: MIT */
/*
 * What traces say under RC11: which write was missed, which one a store landed before, and which
 * order would have forbidden it.
 */
#include <string.h>

#include "kit.h"
#include "trace.h"

/* The trace of @lock with the order of the site @text a step weaker, at 2x1. */
static struct verify_replayed weakened(const char *lock, const char *text, uint32_t weaker)
{
	static const struct verify_size size = KIT_SIZE(2, 1);
	struct verify_replayed replayed = {0};
	enum verify_ticket_error error;
	struct verify_report report;
	uint32_t id = 0;

	while (strcmp(lock_table[id].slug, lock))
		id++;
	CHECK_EQ(verify(&(struct verify_input){.locks = &id,
					       .lock_count = 1,
					       .memories = 1u << EXPLORE_RC11,
					       .sizes = &size,
					       .size_count = 1,
					       .barriers = true,
					       .as_found = true},
			&report),
		 0);
	for (size_t i = 0; i < report.barrier_count; i++)
		if (!strcmp(report.barriers[i].site->text, text) &&
		    report.barriers[i].weaker == weaker)
			CHECK_EQ(verify_replay(report.barriers[i].fault.ticket, &replayed, &error),
				 0);
	verify_report_free(&report);
	CHECK(replayed.trace.met);
	return replayed;
}

static const struct trace_line *line_that(const struct trace *trace, const char *text)
{
	for (size_t i = 0; i < trace->count; i++)
		if (!strcmp(trace->line[i].site->text, text))
			return &trace->line[i];
	CHECK(!"the trace has a line of that text");
	return &trace->line[0];
}

static void lacks(const struct trace_line *line, const char *text, const char *order)
{
	CHECK(line->lacks != NULL);
	if (!line->lacks)
		return;
	CHECK(!strcmp(line->lacks->text, text));
	CHECK(!strcmp(line->lacks_order, order));
}

/* DPDK's bug of 2020: the successor's own store overwrites the lock that was handed to it. */
static void a_store_that_lands_before(void)
{
	struct verify_replayed replayed = weakened("mcs", "&before->link = mine", ORDER_RELAXED);
	const struct trace_line *line = line_that(&replayed.trace, "&after->state = 0");
	const struct trace_line *other = line_that(&replayed.trace, "&mine->state = 1");
	char text[256];

	CHECK_EQ(replayed.trace.fault, FAULT_DEADLOCK);
	CHECK_EQ(line->option, 1);
	CHECK_EQ(line->before_step, other->step);
	CHECK_EQ(line->before_cpu, other->cpu);
	CHECK_EQ(line->missed_step, TRACE_NOBODY);
	CHECK(line->key && other->key);
	lacks(line, "&before->link = mine", "release");
	trace_line_text(line, text, sizeof(text));
	CHECK(strstr(text, "lands before cpu") != NULL);
	CHECK_EQ(replayed.override_count, 1);
	CHECK_EQ(replayed.override[0].order, ORDER_RELAXED);
	verify_replayed_free(&replayed);
}

static void a_read_of_an_older_value(void)
{
	struct verify_replayed replayed = weakened("clh", "swap(&l->tail, mine)", ORDER_ACQUIRE);
	const struct trace *trace = &replayed.trace;
	const struct trace_line *line = NULL;
	char text[256];

	CHECK_EQ(trace->fault, FAULT_DATA_RACE);
	for (size_t i = 0; i < trace->count; i++)
		if (trace->line[i].missed_step != TRACE_NOBODY)
			line = &trace->line[i];
	CHECK(line != NULL);
	if (!line)
		return;
	CHECK(!strcmp(line->site->text, "(&before->state)"));
	CHECK(!strcmp(line->read, "0"));
	CHECK(line->missed_cpu != line->cpu);
	CHECK_EQ(line->from_step, TRACE_NOBODY);
	lacks(line, "swap(&l->tail, mine)", "acq_rel");
	trace_line_text(line, text, sizeof(text));
	CHECK(strstr(text, "[= 0, although cpu") != NULL);
	verify_replayed_free(&replayed);
}

/* A compare-and-swap that fails reads what it has read, not what is there by now. */
static void a_cas_that_reads_an_older_value(void)
{
	struct verify_replayed replayed =
		weakened("qspinlock", "or(&l->word, PENDING)", ORDER_RELEASE);
	const struct trace *trace = &replayed.trace;
	bool stale = false;

	for (size_t i = 0; i < trace->count; i++) {
		const struct trace_line *line = &trace->line[i];

		if (line->missed_step == TRACE_NOBODY)
			continue;
		stale = true;
		CHECK(!strcmp(line->site->text, "cas(&l->word, 0, HELD)"));
		CHECK_EQ(line->kind, TRACE_READ);
		CHECK(!strcmp(line->read, "1"));
	}
	CHECK(stale);
	verify_replayed_free(&replayed);
}

/* Of a race that every schedule with these orders has, the order that is missing is named, too. */
static void a_race_without_an_older_value(void)
{
	struct verify_replayed replayed = weakened("tas", "&l->taken = 0", ORDER_RELAXED);
	const struct trace *trace = &replayed.trace;

	CHECK_EQ(trace->fault, FAULT_DATA_RACE);
	for (size_t i = 0; i < trace->count; i++)
		if (trace->line[i].faulted)
			lacks(&trace->line[i], "&l->taken = 0", "release");
		else
			CHECK(!trace->line[i].lacks);
	verify_replayed_free(&replayed);
}

static const struct test tests[] = {
	{"a store that lands before another", a_store_that_lands_before},
	{"a read of an older value", a_read_of_an_older_value},
	{"a compare-and-swap that reads an older value", a_cas_that_reads_an_older_value},
	{"a race without an older value", a_race_without_an_older_value},
};
TESTS(tests)
