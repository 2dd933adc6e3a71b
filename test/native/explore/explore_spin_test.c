/* SPDX-License-Identifier: MIT */
/* A loop that waits without await_change(): every search names where it went round. */
#include <string.h>

#include "check.h"
#include "programs.h"

/* What spins is never through. What waits as it should has no limit of time. */
#define TIME_MS 300

/* For a flag that nobody sets. */
static void spin_forever(struct classic *c, struct task *t, uint32_t cpu)
{
	if (cpu)
		STORE(c->word[1], 1);
	else
		while (!word_read(t, &c->word[0], ORDER_ACQUIRE, SITE("the flag")))
			;
}

static uint64_t swap(struct task *t, struct word *w, uint64_t value)
{
	uint64_t old;

	point(t, POINT_RMW, w, SITE("the swap"));
	old = observe(t, word_load(t, w));
	word_store(t, w, value);
	return old;
}

/* A lock that is tried until it is free. */
static void test_and_set(struct classic *c, struct task *t, uint32_t cpu)
{
	(void)cpu;
	while (swap(t, &c->word[0], 1))
		;
	STORE(c->word[1], 1);
	STORE(c->word[0], 0);
}

static void waits_as_it_should(struct classic *c, struct task *t, uint32_t cpu)
{
	(void)cpu;
	while (swap(t, &c->word[0], 1))
		await_change(t, &c->word[0], 1);
	STORE(c->word[1], 1);
	STORE(c->word[0], 0);
}

static struct explore_report explored(const struct classic_row *row, enum explore_strategy strategy,
				      uint32_t time_ms_max)
{
	struct classic_run seen;
	struct explore_model model = classic_model(&seen, row);
	struct explore_plan plan = {.strategy = strategy,
				    .preemptions_max = UINT32_MAX,
				    .executions_max = strategy == EXPLORE_STATEFUL ? 0 : 1000,
				    .time_ms_max = time_ms_max,
				    .all_faults = true};
	struct explore_report report;

	CHECK_EQ(explore(&model, &plan, &report), 0);
	return report;
}

static void names_where(const struct classic_row *row, enum explore_strategy strategy,
			const char *where)
{
	struct explore_report report = explored(row, strategy, TIME_MS);
	char text[256] = "";

	CHECK(!report.exhausted);
	if (CHECK(report.spin_site != NULL)) {
		CHECK(!strcmp(report.spin_site->text, where));
		CHECK(report.spin_times > 8);
		CHECK(explore_spin_text(&report, text, sizeof(text)));
		CHECK(strstr(text, where) != NULL);
		CHECK(strstr(text, "await_change()") != NULL);
	}
	explore_report_free(&report);
}

static void by_every_strategy(void)
{
	struct classic_row forever = {.name = "forever", .threads = 2, .thread = spin_forever};
	struct classic_row lock = {.name = "tas", .threads = 3, .thread = test_and_set};

	for (uint32_t strategy = 0; strategy < EXPLORE_STRATEGIES; strategy++)
		names_where(&forever, strategy, "the flag");
	names_where(&lock, EXPLORE_DFS, "the swap");
	names_where(&lock, EXPLORE_STATEFUL, "the swap");
	names_where(&lock, EXPLORE_PORTFOLIO, "the swap");
}

/* Threads that wait by await_change() are searched to the end, and nothing is said. */
static void nothing_to_say(void)
{
	struct classic_row row = {.name = "waits", .threads = 2, .thread = waits_as_it_should};
	char text[8] = "as was";

	for (uint32_t i = 0; i < 2; i++) {
		struct explore_report report =
			explored(&row, i ? EXPLORE_DPOR : EXPLORE_STATEFUL, 0);

		CHECK(report.exhausted);
		CHECK(!report.spin_site);
		CHECK(!explore_spin_text(&report, text, sizeof(text)));
		CHECK(!strcmp(text, "as was"));
		explore_report_free(&report);
	}
}

static const struct test tests[] = {
	{"by every strategy", by_every_strategy},
	{"nothing to say", nothing_to_say},
};
TESTS(tests)
