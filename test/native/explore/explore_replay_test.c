/* SPDX-License-Identifier: MIT */
/* A fault of somebody's own model: its ticket, what that replays as, and its diagram. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "explore.h"
#include "sync.h"

#define NAME "counter"

struct memory {
	struct machine machine;
	struct word counter;
	struct condition empty;
	struct mutex lock;
	struct word queued;
};

static bool mended; /* the source has changed since the ticket was made */

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct memory *m = memory;

	(void)context;
	machine_init(&m->machine, &nobody);
	mutex_init(&m->lock);
	condition_init(NULL, &m->empty);
	return &m->machine;
}

static uint64_t adds(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct memory *m = memory;
	uint64_t seen;

	(void)context;
	(void)cpu;
	point(t, POINT_READ, &m->counter, SITE("seen = counter"));
	seen = observe(t, word_load(t, &m->counter));
	if (mended) {
		point(t, POINT_RMW, &m->counter, SITE("counter += 1"));
		word_add(t, &m->counter, 1);
		return 0;
	}
	point(t, POINT_WRITE, &m->counter, SITE("counter = seen + 1"));
	word_store(t, &m->counter, seen + 1);
	return 0;
}

static const struct site *lost(void *context, void *memory, struct task *closer)
{
	(void)context;
	(void)closer;
	return word_peek(&((struct memory *)memory)->counter) == 2 ? NULL
								   : SITE("an addition is lost");
}

/* The flag is looked at before the mutex is taken, so the signal can come in between. */
static uint64_t misses_the_signal(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct memory *m = memory;
	bool empty;

	(void)context;
	if (cpu) {
		mutex_lock(t, &m->lock);
		point(t, POINT_WRITE, &m->queued, SITE("queued = 1"));
		word_store(t, &m->queued, 1);
		condition_signal(t, &m->empty);
		mutex_unlock(t, &m->lock);
		return 0;
	}
	point(t, POINT_READ, &m->queued, SITE("empty = !queued"));
	empty = observe(t, !word_load(t, &m->queued));
	mutex_lock(t, &m->lock);
	if (empty)
		condition_wait(t, &m->empty, &m->lock);
	mutex_unlock(t, &m->lock);
	return 0;
}

static const char *title(void *context, uint32_t cpu)
{
	(void)context;
	return cpu ? NULL : "looks first";
}

/* A fault that says what the thread saw. */
static uint64_t asserts(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct memory *m = memory;
	uint64_t before;

	(void)context;
	point(t, POINT_RMW, &m->counter, SITE("counter += 1"));
	before = observe(t, word_add(t, &m->counter, 1));
	if (cpu)
		explore_assert(t, before == 0, "it was %d", (int)before);
	return 0;
}

static struct explore_model model_of(uint64_t (*thread)(void *, void *, struct task *, uint32_t))
{
	return (struct explore_model){.threads = 2,
				      .memory_bytes = sizeof(struct memory),
				      .init = init,
				      .thread = thread,
				      .check = thread == adds ? lost : NULL};
}

/* The ticket of the first fault that @plan finds in @model. To be freed. */
static char *ticket_of(const struct explore_model *model, const struct explore_plan *plan)
{
	struct explore_report report;
	char *ticket = NULL;

	CHECK_EQ(explore(model, plan, &report), 0);
	if (CHECK(report.fault_count != 0))
		ticket = explore_model_ticket(NAME, plan, &report.fault[0]);
	explore_report_free(&report);
	return ticket;
}

static const struct explore_plan dpor = {.strategy = EXPLORE_DPOR};

static void a_ticket_replays(void)
{
	struct explore_model model = model_of(adds);
	char *ticket = ticket_of(&model, &dpor), spaced[256];
	struct explore_replayed replayed;

	CHECK(!strncmp(ticket, "dmm1.", 5));
	snprintf(spaced, sizeof(spaced), " \n%s\n", ticket);
	CHECK_EQ(explore_model_replay(&model, NAME, spaced, NULL, &replayed), 0);
	CHECK(replayed.reproduced && replayed.met && replayed.faulted);
	CHECK_EQ(replayed.kind, FAULT_CHECK_FAILED);
	CHECK_EQ(replayed.cpu, model.threads);
	CHECK_TEXT(replayed.where, "lost: an addition is lost");
	CHECK_TEXT(replayed.diagram, "step | cpu1                                         | cpu2\n"
				     "   1 | adds: seen = counter  [= 0]\n"
				     "   2 |                                              | adds: "
				     "seen = counter  [= 0]\n"
				     "   3 |                                              | adds: "
				     "counter = seen + 1  [0 -> 1]\n"
				     "   4 | adds: counter = seen + 1  [1]\n"
				     "*** check-failed: an addition is lost\n");
	explore_replayed_free(&replayed);
	free(ticket);
}

static void a_missed_signal_is_a_deadlock(void)
{
	struct explore_model model = model_of(misses_the_signal);
	char *ticket = ticket_of(&model, &dpor);
	struct explore_replayed replayed;

	model.title = title;
	CHECK_EQ(explore_model_replay(&model, NAME, ticket, NULL, &replayed), 0);
	CHECK(replayed.met);
	CHECK_EQ(replayed.kind, FAULT_DEADLOCK);
	CHECK_EQ(replayed.cpu, 0);
	CHECK_TEXT(replayed.where, "misses_the_signal: condition_wait(&m->empty, &m->lock)");
	CHECK(!strncmp(replayed.diagram, "step | cpu1: looks first ", 25));
	CHECK(strstr(replayed.diagram, "| cpu2\n") != NULL);
	CHECK(strstr(replayed.diagram, "condition_signal(") != NULL);
	CHECK(strstr(replayed.diagram, "*** deadlock: condition_wait(") != NULL);
	explore_replayed_free(&replayed);
	free(ticket);
}

static void an_assertion_says_what_it_saw(void)
{
	struct explore_model model = model_of(asserts);
	char *ticket = ticket_of(&model, &dpor);
	struct explore_replayed replayed;

	CHECK_EQ(explore_model_replay(&model, NAME, ticket, NULL, &replayed), 0);
	CHECK(replayed.met);
	CHECK_EQ(replayed.kind, FAULT_CHECK_FAILED);
	CHECK_TEXT(replayed.where, "asserts: explore_assert(before == 0)");
	CHECK_TEXT(replayed.message, "it was 1");
	CHECK(strstr(replayed.diagram, "*** check-failed: it was 1") != NULL);
	explore_replayed_free(&replayed);
	free(ticket);
}

/* Every fault of @plan replays, and its diagram is the same each time. */
static void all_replay(const struct explore_model *model, struct explore_plan plan)
{
	struct explore_report report;

	plan.all_faults = true;
	CHECK_EQ(explore(model, &plan, &report), 0);
	CHECK(report.fault_count != 0);
	for (uint32_t i = 0; i < report.fault_count; i++) {
		char *ticket = explore_model_ticket(NAME, &plan, &report.fault[i]);
		const struct explore_view all = {.width = 60, .all = true};
		struct explore_replayed one, other;

		CHECK_EQ(explore_model_replay(model, NAME, ticket, &all, &one), 0);
		CHECK_EQ(explore_model_replay(model, NAME, ticket, &all, &other), 0);
		CHECK(one.met && other.met);
		CHECK_EQ(one.kind, report.fault[i].kind);
		CHECK_TEXT(one.diagram, other.diagram);
		explore_replayed_free(&one);
		explore_replayed_free(&other);
		free(ticket);
	}
	explore_report_free(&report);
}

static void every_strategy_and_flag(void)
{
	struct explore_model model = model_of(adds);

	for (uint32_t i = 0; i < EXPLORE_STRATEGIES; i++)
		all_replay(&model, (struct explore_plan){.strategy = (enum explore_strategy)i,
							 .executions_max = 500});
	all_replay(&model, (struct explore_plan){.strategy = EXPLORE_DPOR, .run_on = true});
	model = model_of(misses_the_signal);
	all_replay(&model, (struct explore_plan){.strategy = EXPLORE_RANDOM,
						 .executions_max = 500,
						 .races = true});
}

static void a_changed_model_is_noticed(void)
{
	struct explore_model model = model_of(adds);
	char *ticket = ticket_of(&model, &dpor);
	struct explore_replayed replayed;

	mended = true;
	CHECK_EQ(explore_model_replay(&model, NAME, ticket, NULL, &replayed), 0);
	mended = false;
	CHECK(!replayed.met && !replayed.faulted);
	CHECK(replayed.diagram != NULL);
	explore_replayed_free(&replayed);
	free(ticket);
}

static void refuses(const struct explore_model *model, const char *name, const char *ticket,
		    const struct explore_view *view, int error, const char *says)
{
	struct explore_replayed replayed;
	int r = explore_model_replay(model, name, ticket, view, &replayed);

	if (r != error || !strstr(replayed.refused, says))
		printf("  %d: %s\n", r, replayed.refused);
	CHECK_EQ(r, error);
	CHECK(strstr(replayed.refused, says) != NULL);
	CHECK_PTR(replayed.diagram, NULL);
}

static void what_is_no_ticket_is_refused(void)
{
	struct explore_model model = model_of(adds);
	char *ticket = ticket_of(&model, &dpor);
	size_t length = strlen(ticket);

	refuses(&model, NAME, "dmt2.AQID", NULL, -EBADMSG, "one begins with dmm1.");
	refuses(&model, NAME, "", NULL, -EBADMSG, "one begins with dmm1.");
	refuses(&model, "queue", ticket, NULL, -EBADMSG, "of the model `counter`, not of `queue`");
	refuses(&model, NAME, NULL, NULL, -EINVAL, "got NULL");
	refuses(NULL, NAME, ticket, NULL, -EINVAL, "got NULL");
	refuses(&model, NULL, ticket, NULL, -EINVAL, "got NULL");
	refuses(&model, NAME, ticket, &(struct explore_view){.width = 7}, -EINVAL, "`width`");
	for (size_t i = 5; i < length; i++) {
		char kept = ticket[i];

		ticket[i] = kept == 'A' ? 'B' : 'A';
		refuses(&model, NAME, ticket, NULL, -EBADMSG, "The ticket is damaged");
		ticket[i] = '\0';
		refuses(&model, NAME, ticket, NULL, -EBADMSG, "The ticket is damaged");
		ticket[i] = kept;
	}
	free(ticket);
}

static void names_that_no_ticket_takes(void)
{
	static const struct site here = {.func = "nobody", .text = "here"};
	const struct explore_fault fault = {.kind = FAULT_DEADLOCK, .site = &here};
	char name[202];
	char *ticket;

	memset(name, 'x', sizeof(name));
	name[201] = '\0';
	CHECK_PTR(explore_model_ticket(name, &dpor, &fault), NULL);
	CHECK_PTR(explore_model_ticket("", &dpor, &fault), NULL);
	CHECK_PTR(explore_model_ticket(NULL, &dpor, &fault), NULL);
	CHECK_PTR(explore_model_ticket(NAME, NULL, &fault), NULL);
	CHECK_PTR(explore_model_ticket(NAME, &dpor, NULL), NULL);
	name[200] = '\0';
	ticket = explore_model_ticket(name, &dpor, &fault);
	CHECK(ticket != NULL);
	free(ticket);
}

static const struct test tests[] = {
	{"a ticket replays", a_ticket_replays},
	{"a missed signal is a deadlock", a_missed_signal_is_a_deadlock},
	{"an assertion says what it saw", an_assertion_says_what_it_saw},
	{"every strategy and flag", every_strategy_and_flag},
	{"a changed model is noticed", a_changed_model_is_noticed},
	{"a text that is not a ticket is refused", what_is_no_ticket_is_refused},
	{"names that no ticket takes", names_that_no_ticket_takes},
};

TESTS(tests)
