/* SPDX-License-Identifier: MIT */
/* Small programs under RC11: what may be seen, by how many ways, and what waits for ever. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "explore.h"
#include "story.h"

#define WORDS 4
#define READS 4

struct board {
	struct machine machine;
	struct word word[WORDS];
};

struct litmus;

typedef void (*litmus_thread)(struct litmus *l, struct board *b, struct task *t);

struct player {
	struct task task;
	uint64_t read[READS];
	uint32_t reads;
};

/* A program, and the outcomes that were seen: a digit for each read, then for each word. */
struct litmus {
	litmus_thread thread[4];
	uint32_t threads;
	enum word_order store, load;
	bool fences;
	uint64_t outcomes[64];
	uint32_t count;
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct board *board = memory;

	(void)context;
	machine_init(&board->machine, &nobody);
	return &board->machine;
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct litmus *l = context;
	struct player *player = (struct player *)t;
	uint64_t digest = 0;

	l->thread[cpu](l, memory, t);
	for (uint32_t i = 0; i < player->reads; i++)
		digest = digest * 10 + player->read[i] + 1;
	return digest;
}

static void outcome(void *context, struct fibers *f, bool faulted)
{
	struct litmus *l = context;
	const struct board *board = (const void *)f->hot.memory;
	uint64_t seen = 0;

	if (faulted)
		return;
	for (uint32_t cpu = 0; cpu < l->threads; cpu++) {
		const struct player *player = (const void *)fiber_task(&f->fiber[cpu]);

		for (uint32_t i = 0; i < player->reads; i++)
			seen = seen * 10 + player->read[i];
	}
	for (uint32_t i = 0; i < WORDS; i++)
		seen = seen * 10 + word_peek(&board->word[i]);
	for (uint32_t i = 0; i < l->count; i++)
		if (l->outcomes[i] == seen)
			return;
	if (l->count < 64)
		l->outcomes[l->count++] = seen;
}

static bool has(const struct litmus *l, uint64_t seen)
{
	for (uint32_t i = 0; i < l->count; i++)
		if (l->outcomes[i] == seen)
			return true;
	return false;
}

static struct explore_model model_of(struct litmus *l)
{
	return (struct explore_model){
		.threads = l->threads,
		.memory_bytes = sizeof(struct board),
		.local_bytes = sizeof(struct player),
		.init = init,
		.thread = thread,
		.outcome = outcome,
		.context = l,
	};
}

static struct explore_report explored(struct litmus *l)
{
	struct explore_model model = model_of(l);
	struct explore_plan plan = {
		.strategy = EXPLORE_STATEFUL, .memory = EXPLORE_RC11, .all_faults = true};
	struct explore_report report;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK_TEXT(report.refused, "");
	CHECK_TEXT(report.differs, "");
	CHECK(report.exhausted);
	return report;
}

/* The same, of no fault. */
static void look(struct litmus *l)
{
	struct explore_report report = explored(l);

	CHECK_EQ(report.fault_kinds, 0);
	explore_report_free(&report);
}

static void read_word(struct board *b, struct task *t, uint32_t word, enum word_order order)
{
	struct player *player = (struct player *)t;

	player->read[player->reads] = word_read(t, &b->word[word], order, SITE("read"));
	player->reads++;
}

static void write_word(struct board *b, struct task *t, uint32_t word, uint64_t value,
		       enum word_order order)
{
	word_write(t, &b->word[word], value, order, SITE("write"));
}

/* --- store buffering --- */

static void full_fence(const struct litmus *l, struct task *t)
{
	if (l->fences)
		fence(t, ORDER_SEQ_CST, SITE("fence"));
}

static void sb_0(struct litmus *l, struct board *b, struct task *t)
{
	write_word(b, t, 0, 1, l->store);
	full_fence(l, t);
	read_word(b, t, 1, l->load);
}

static void sb_1(struct litmus *l, struct board *b, struct task *t)
{
	write_word(b, t, 1, 1, l->store);
	full_fence(l, t);
	read_word(b, t, 0, l->load);
}

static void store_buffering(void)
{
	struct litmus weak = {.thread = {sb_0, sb_1},
			      .threads = 2,
			      .store = ORDER_RELEASE,
			      .load = ORDER_ACQUIRE};
	struct litmus strong = {.thread = {sb_0, sb_1},
				.threads = 2,
				.store = ORDER_SEQ_CST,
				.load = ORDER_SEQ_CST};
	struct litmus fenced = {.thread = {sb_0, sb_1},
				.threads = 2,
				.store = ORDER_RELAXED,
				.load = ORDER_RELAXED,
				.fences = true};

	look(&weak);
	CHECK_EQ(weak.count, 4);
	CHECK(has(&weak, 1100));
	look(&strong);
	CHECK_EQ(strong.count, 3);
	CHECK(!has(&strong, 1100));
	look(&fenced);
	CHECK_EQ(fenced.count, 3);
	CHECK(!has(&fenced, 1100));
}

/* --- message passing --- */

static void mp_0(struct litmus *l, struct board *b, struct task *t)
{
	write_word(b, t, 0, 1, ORDER_RELAXED);
	write_word(b, t, 1, 1, l->store);
}

static void mp_1(struct litmus *l, struct board *b, struct task *t)
{
	read_word(b, t, 1, l->load);
	read_word(b, t, 0, ORDER_RELAXED);
}

static void message_passing(void)
{
	struct litmus right = {.thread = {mp_0, mp_1},
			       .threads = 2,
			       .store = ORDER_RELEASE,
			       .load = ORDER_ACQUIRE};
	struct litmus wrong = {.thread = {mp_0, mp_1},
			       .threads = 2,
			       .store = ORDER_RELAXED,
			       .load = ORDER_ACQUIRE};

	look(&right);
	CHECK_EQ(right.count, 3);
	CHECK(!has(&right, 101100));
	look(&wrong);
	CHECK_EQ(wrong.count, 4);
	CHECK(has(&wrong, 101100));
}

/* --- plain data, and loops --- */

static void plain_0(struct litmus *l, struct board *b, struct task *t)
{
	point(t, POINT_WRITE_PLAIN, &b->word[0], SITE("data = 1"));
	word_store(t, &b->word[0], 1);
	write_word(b, t, 1, 1, l->store);
}

static void plain_1(struct litmus *l, struct board *b, struct task *t)
{
	if (!word_read(t, &b->word[1], l->load, SITE("ready")))
		return;
	point(t, POINT_READ_PLAIN, &b->word[0], SITE("data"));
	observe(t, word_load(t, &b->word[0]));
}

static void what_nothing_orders_is_a_race(void)
{
	struct litmus right = {.thread = {plain_0, plain_1},
			       .threads = 2,
			       .store = ORDER_RELEASE,
			       .load = ORDER_ACQUIRE};
	struct litmus wrong = right;
	struct explore_report report;

	look(&right);
	wrong.load = ORDER_RELAXED;
	report = explored(&wrong);
	CHECK_EQ(report.fault_kinds, 1u << FAULT_DATA_RACE);
	CHECK_TEXT(report.fault[0].site->text, "data");
	explore_report_free(&report);
}

static void waits(struct litmus *l, struct board *b, struct task *t)
{
	const struct site *site = SITE("wait for word 1");
	uint64_t value;

	while (!(value = word_read(t, &b->word[1], l->load, SITE("word 1"))))
		if (!fibers_turn(t, &b->word[1], value, site))
			oops(t, DEADLOCK, site, "nobody ends it");
}

static void wakes_before_it_closes(struct litmus *l, struct board *b, struct task *t)
{
	write_word(b, t, 1, 1, l->store);
}

static void closes(struct litmus *l, struct board *b, struct task *t)
{
	(void)l;
	write_word(b, t, 1, 0, ORDER_RELAXED);
}

/* A store that lands before another one is never the newest: what waits for it may wait for ever.
 */
static void spinning_on_the_newest_value_is_a_deadlock(void)
{
	struct litmus fine = {.thread = {waits, wakes_before_it_closes},
			      .threads = 2,
			      .store = ORDER_RELAXED,
			      .load = ORDER_RELAXED};
	struct litmus stuck = {.thread = {waits, wakes_before_it_closes, closes},
			       .threads = 3,
			       .store = ORDER_RELAXED,
			       .load = ORDER_RELAXED};
	struct explore_report report;

	look(&fine);
	report = explored(&stuck);
	CHECK_EQ(report.fault_kinds, 1u << FAULT_DEADLOCK);
	CHECK_TEXT(report.fault[0].site->text, "wait for word 1");
	explore_report_free(&report);
}

/* --- what a plan says --- */

static void orders_of_a_plan_stand_in_for_those_of_sites(void)
{
	struct litmus l = {.thread = {plain_0, plain_1},
			   .threads = 2,
			   .store = ORDER_RELEASE,
			   .load = ORDER_ACQUIRE};
	struct explore_model model = model_of(&l);
	struct explore_plan plan = {.strategy = EXPLORE_STATEFUL, .memory = EXPLORE_RC11};
	struct explore_report report;
	struct site_order weaker = {.order = ORDER_RELAXED};

	CHECK_EQ(explore(&model, &plan, &report), 0);
	CHECK_EQ(report.fault_kinds, 0);
	CHECK_EQ(report.site_count, 2);
	for (uint32_t i = 0; i < report.site_count; i++) {
		struct explore_report other;

		weaker.site = report.sites[i];
		plan.orders = &weaker;
		plan.order_count = 1;
		CHECK_EQ(explore(&model, &plan, &other), 0);
		CHECK_EQ(other.fault_kinds, 1u << FAULT_DATA_RACE);
		explore_report_free(&other);
	}
	explore_report_free(&report);
}

/* --- the story of a fault --- */

static void mp_check(struct litmus *l, struct board *b, struct task *t)
{
	uint64_t ready = word_read(t, &b->word[1], l->load, SITE("ready"));
	uint64_t data = word_read(t, &b->word[0], ORDER_RELAXED, SITE("data"));

	explore_assert(t, !ready || data, "ready without data");
}

/* The line of the trace that is at a site of @text. */
static const struct trace_line *line_at(const struct trace *trace, const char *text)
{
	for (size_t i = 0; i < trace->count; i++)
		if (!strcmp(trace->line[i].site->text, text))
			return &trace->line[i];
	return NULL;
}

static void a_stale_read_names_the_order_that_is_lacking(void)
{
	struct litmus l = {.thread = {mp_0, mp_check}, .threads = 2, .store = ORDER_RELAXED};
	struct explore_model model = model_of(&l);
	struct explore_plan plan = {.memory = EXPLORE_RC11};
	struct explore_report report;

	for (uint32_t i = 0; i < 2; i++) {
		const struct trace_line *line;
		struct trace trace;

		l.store = i ? ORDER_RELEASE : ORDER_RELAXED;
		l.load = i ? ORDER_RELAXED : ORDER_ACQUIRE;
		report = explored(&l);
		CHECK_EQ(report.fault_kinds, 1u << FAULT_CHECK_FAILED);
		CHECK_EQ(explore_tell_as(&model, &plan, &report.fault[0].schedule, NULL,
					 (struct wanted_fault){.kind = EXPLORE_ANY_FAULT}, &trace),
			 0);
		CHECK(trace.reproduced && trace.met);
		line = line_at(&trace, "data");
		CHECK(line && line->option == 1 && line->missed_step == 1 && !line->missed_cpu);
		CHECK_TEXT(line->lacks_order, i ? "acquire" : "release");
		CHECK_TEXT(line->lacks->text, i ? "ready" : "write");
		trace_free(&trace);
		explore_report_free(&report);
	}
}

static const struct test tests[] = {
	{"store buffering", store_buffering},
	{"message passing", message_passing},
	{"what nothing orders is a race", what_nothing_orders_is_a_race},
	{"spinning on the newest value for ever is a deadlock",
	 spinning_on_the_newest_value_is_a_deadlock},
	{"orders of a plan stand in for those of sites",
	 orders_of_a_plan_stand_in_for_those_of_sites},
	{"a stale read names the order that is lacking",
	 a_stale_read_names_the_order_that_is_lacking},
};
TESTS(tests)
