/* SPDX-License-Identifier: MIT */
/*
 * Under RC11: models that are run from the beginning each time, the fewest options of a fault, and
 * what travels with writes for somebody else.
 */
#include <errno.h>
#include <string.h>

#include "check.h"
#include "explore.h"

struct board {
	struct machine machine;
	struct word data, ready;
};

/* A clock of each thread, that of each write, and what a read gave to thread 1. */
struct clocks_of_test {
	uint32_t now[2], of[64];
	uint32_t
		acquired; /* writes of thread 0 that thread 1 knew at its end, the most and least */
	uint32_t least;
};

struct message {
	enum word_order store, load;
	uint32_t put_backs;
	struct clocks_of_test clocks;
	struct weak_carrier carrier;
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct board *board = memory;

	(void)context;
	machine_init(&board->machine, &nobody);
	return &board->machine;
}

static void made(void *context, uint32_t cpu, uint32_t write, uint32_t from, enum word_order order)
{
	struct clocks_of_test *clocks = context;

	clocks->of[write] = order == ORDER_RELEASE ? ++clocks->now[cpu] : 0;
	if (from && clocks->of[from] > clocks->of[write])
		clocks->of[write] = clocks->of[from];
}

static void read_by(void *context, uint32_t cpu, uint32_t write, enum word_order order)
{
	struct clocks_of_test *clocks = context;

	if (order == ORDER_ACQUIRE && clocks->of[write] > clocks->now[cpu])
		clocks->now[cpu] = clocks->of[write];
}

static void fenced(void *context, uint32_t cpu, enum word_order order)
{
	(void)context;
	(void)cpu;
	(void)order;
}

static void enter(void *context, void *memory, struct task *local, uint32_t cpu)
{
	struct message *message = context;
	struct board *board = memory;

	task_init(local, &board->machine, cpu);
	if (message->carrier.made)
		local->fibers->carrier = &message->carrier;
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct message *message = context;
	struct board *board = memory;
	uint64_t ready, data;

	message->clocks.now[cpu] = 0;
	if (!cpu) {
		word_write(t, &board->data, 1, ORDER_RELAXED, SITE("data = 1"));
		word_write(t, &board->ready, 1, message->store, SITE("ready = 1"));
		return 0;
	}
	ready = word_read(t, &board->ready, message->load, SITE("ready"));
	if (ready && message->clocks.now[1] > message->clocks.acquired)
		message->clocks.acquired = message->clocks.now[1];
	if (ready && message->clocks.now[1] < message->clocks.least)
		message->clocks.least = message->clocks.now[1];
	data = word_read(t, &board->data, ORDER_RELAXED, SITE("data"));
	explore_assert(t, !ready || data, "ready without data");
	return 0;
}

static void put_back(void *context)
{
	struct message *message = context;

	message->put_backs++;
}

static struct explore_model model_of(struct message *message)
{
	return (struct explore_model){
		.threads = 2,
		.memory_bytes = sizeof(struct board),
		.init = init,
		.enter = enter,
		.thread = thread,
		.put_back = put_back,
		.context = message,
	};
}

/* Whether @strategy finds that the data may be missing. */
static bool finds(struct message *message, enum explore_strategy strategy)
{
	struct explore_model model = model_of(message);
	struct explore_plan plan = {.strategy = strategy, .memory = EXPLORE_RC11};
	struct explore_report report;
	bool found;

	if (!CHECK_EQ(explore(&model, &plan, &report), 0))
		return false;
	found = report.fault_kinds == 1u << FAULT_CHECK_FAILED;
	CHECK_EQ(found, report.fault_kinds != 0);
	CHECK(found || strategy == EXPLORE_RANDOM || report.exhausted);
	explore_report_free(&report);
	return found;
}

static void models_that_are_put_back_run_from_the_beginning(void)
{
	struct message right = {.store = ORDER_RELEASE, .load = ORDER_ACQUIRE};
	struct message wrong = {.store = ORDER_RELEASE, .load = ORDER_RELAXED};
	struct explore_model model = model_of(&right);
	struct explore_plan plan = {.strategy = EXPLORE_STATEFUL, .memory = EXPLORE_RC11};
	struct explore_report report;

	CHECK(!finds(&right, EXPLORE_DFS));
	CHECK(!finds(&right, EXPLORE_PORTFOLIO));
	CHECK(finds(&wrong, EXPLORE_DFS));
	CHECK(finds(&wrong, EXPLORE_PORTFOLIO));
	CHECK(finds(&wrong, EXPLORE_RANDOM));
	CHECK(wrong.put_backs > 0);
	CHECK_EQ(explore(&model, &plan, &report), -EINVAL);
}

static void a_fault_has_the_fewest_options(void)
{
	struct message wrong = {.store = ORDER_RELAXED, .load = ORDER_ACQUIRE};
	struct explore_model model = model_of(&wrong);
	struct explore_plan plan = {.memory = EXPLORE_RC11};

	for (uint32_t i = 0; i < 2; i++) {
		struct explore_fault fault;
		uint32_t options = 0;
		bool proven;

		model.put_back = i ? put_back : NULL;
		CHECK_EQ(explore_minimise(&model, &plan, FAULT_CHECK_FAILED, &fault, &proven), 0);
		for (uint32_t at = 0; at < fault.schedule.count; at++)
			options += fault.schedule.deviation[at].option != 0;
		CHECK_EQ(options, 1);
		CHECK_EQ(fault.preemptions, 0);
		CHECK_EQ(fault.steps, 4);
		CHECK(proven);
		schedule_free(&fault.schedule);
	}
}

static void clocks_travel_with_what_is_acquired(void)
{
	struct message message = {.store = ORDER_RELEASE, .load = ORDER_ACQUIRE};

	message.carrier = (struct weak_carrier){
		.made = made, .read = read_by, .fence = fenced, .context = &message.clocks};
	message.clocks.least = UINT32_MAX;
	CHECK(!finds(&message, EXPLORE_DFS));
	CHECK_EQ(message.clocks.acquired, 1);
	CHECK_EQ(message.clocks.least, 1);
	message.load = ORDER_RELAXED;
	message.clocks = (struct clocks_of_test){.least = UINT32_MAX};
	CHECK(finds(&message, EXPLORE_DFS));
	CHECK_EQ(message.clocks.acquired, 0);
}

static const struct test tests[] = {
	{"models that are put back run from the beginning",
	 models_that_are_put_back_run_from_the_beginning},
	{"a fault has the fewest options", a_fault_has_the_fewest_options},
	{"clocks travel with what is acquired", clocks_travel_with_what_is_acquired},
};
TESTS(tests)
