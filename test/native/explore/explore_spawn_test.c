/* SPDX-License-Identifier: MIT */
/* Threads that others begin: counts by brute force, and every search on them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "explore.h"

#define WORDS 4
#define THREADS 4

struct memory {
	struct machine machine;
	struct word word[WORDS];
};

/* What a thread does: accesses of words, and the threads that it begins in between. */
struct act {
	enum { END, READ, ADD, PLAIN, SPAWN, AWAIT } kind;
	uint32_t what;
};

struct script {
	uint32_t threads, begins;
	struct act act[THREADS][8];
	uint64_t outcomes[256];
	uint32_t outcome_count;
	uint32_t own; /* what the one hands to the other */
};

static struct machine *init(void *context, void *memory)
{
	static const struct recorder nobody;
	struct memory *m = memory;

	(void)context;
	machine_init(&m->machine, &nobody);
	return &m->machine;
}

static uint64_t plus(uint64_t value, uint64_t by)
{
	return value + by;
}

static uint64_t act(struct memory *m, struct task *t, const struct act *a)
{
	struct word *w = &m->word[a->what % WORDS];

	switch (a->kind) {
	case READ:
		return word_read(t, w, ORDER_SEQ_CST, SITE("read"));
	case ADD:
		return word_update(t, w, plus, t->common.cpu + 1, ORDER_SEQ_CST, SITE("add"));
	case PLAIN:
		point(t, POINT_WRITE_PLAIN, w, SITE("plain write"));
		word_store(t, w, t->common.cpu + 1);
		return 0;
	case AWAIT:
		return await_change(t, w, 0);
	default:
		return (uint64_t)(uint32_t)-fibers_spawn(t, a->what);
	}
}

static uint64_t thread(void *context, void *memory, struct task *t, uint32_t cpu)
{
	const struct script *script = context;
	uint64_t digest = 1;

	for (const struct act *a = script->act[cpu]; a->kind != END; a++)
		digest = digest * 31 + act(memory, t, a);
	return digest;
}

static void note_outcome(void *context, struct fibers *f, bool faulted)
{
	struct script *script = context;
	const struct memory *m = (const void *)f->hot.memory;
	uint64_t hash = faulted;

	for (uint32_t i = 0; i < WORDS; i++)
		hash = hash * 1000 + word_peek(&m->word[i]);
	for (uint32_t cpu = 0; cpu + 1 < f->cpus; cpu++)
		hash = hash * 1000003 + fiber_task(&f->fiber[cpu])->history;
	for (uint32_t i = 0; i < script->outcome_count; i++)
		if (script->outcomes[i] == hash)
			return;
	CHECK(script->outcome_count < 256);
	script->outcomes[script->outcome_count++] = hash;
}

static struct explore_report explored(struct script *script, struct explore_plan plan)
{
	struct explore_model model = {.threads = script->threads,
				      .begins = script->begins,
				      .memory_bytes = sizeof(struct memory),
				      .init = init,
				      .thread = thread,
				      .outcome = note_outcome,
				      .context = script};
	struct explore_report report;

	script->outcome_count = 0;
	plan.all_faults = true;
	if (!CHECK_EQ(explore(&model, &plan, &report), 0))
		printf("  strategy %u: %s\n", (unsigned int)plan.strategy, report.differs);
	return report;
}

/* The parent begins two, which add to one word; it adds itself in between, or does not. */
static struct script two_children = {
	.threads = 3,
	.begins = 1,
	.act = {{{READ, 1}, {SPAWN, 1}, {SPAWN, 2}}, {{ADD, 0}}, {{ADD, 0}}},
};
static struct script parent_adds = {
	.threads = 3,
	.begins = 1,
	.act = {{{ADD, 0}, {SPAWN, 1}, {ADD, 0}, {SPAWN, 2}, {ADD, 0}}, {{ADD, 0}}, {{ADD, 0}}},
};
static struct script chain = {
	.threads = 4,
	.begins = 2,
	.act = {{{ADD, 0}, {SPAWN, 2}, {READ, 0}},
		{{ADD, 0}},
		{{SPAWN, 3}, {ADD, 0}},
		{{ADD, 0}, {READ, 1}}},
};
/* A child begins a thread of a lower number before it comes to a point of its own. */
static struct script downwards = {
	.threads = 4,
	.begins = 2,
	.act = {{{ADD, 0}, {SPAWN, 3}, {ADD, 1}}, {{ADD, 0}}, {{ADD, 0}}, {{SPAWN, 2}, {ADD, 1}}},
};
static struct script before_the_first = {
	.threads = 3,
	.begins = 1,
	.act = {{{SPAWN, 1}, {SPAWN, 2}, {ADD, 0}}, {{ADD, 0}}, {{ADD, 0}}},
};

/*
 * All of them add to one word, so each order is a trace. Of parent_adds: the parent's third and the
 * second child come after its second in 2 orders, and the first child anywhere among these 3.
 */
static void counts_by_hand(void)
{
	static const struct {
		struct script *script;
		uint64_t traces;
	} cases[] = {{&two_children, 2}, {&parent_adds, 8}, {&before_the_first, 6}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct explore_report dpor =
			explored(cases[i].script,
				 (struct explore_plan){.strategy = EXPLORE_DPOR, .collect = true});

		CHECK(dpor.exhausted);
		CHECK_EQ(dpor.traces, cases[i].traces);
		CHECK_EQ(dpor.executions, cases[i].traces);
		explore_report_free(&dpor);
	}
}

static bool waits(const struct script *script)
{
	for (uint32_t cpu = 0; cpu < script->threads; cpu++)
		for (const struct act *a = script->act[cpu]; a->kind != END; a++)
			if (a->kind == AWAIT)
				return true;
	return false;
}

static void check_all(struct script *script)
{
	struct explore_report dfs =
		explored(script, (struct explore_plan){.strategy = EXPLORE_DFS, .collect = true});
	uint32_t outcomes = script->outcome_count;
	struct explore_report dpor =
		explored(script, (struct explore_plan){.strategy = EXPLORE_DPOR, .collect = true});
	uint32_t by_dpor = script->outcome_count;
	struct explore_report states, every, walk;

	CHECK(dfs.exhausted && dpor.exhausted);
	CHECK_EQ(dpor.traces, dfs.traces);
	CHECK_EQ(dpor.finals, dfs.finals);
	CHECK_EQ(dpor.finals_hash, dfs.finals_hash);
	CHECK_EQ(dpor.fault_kinds, dfs.fault_kinds);
	/* A waiting thread may go on at any of the values that it waits for: all are tried. */
	CHECK(waits(script) || dpor.executions * 100 <= dpor.traces * 101);
	CHECK_EQ(by_dpor, outcomes);
	states = explored(script, (struct explore_plan){.strategy = EXPLORE_STATEFUL});
	CHECK(states.exhausted);
	CHECK_EQ(script->outcome_count, outcomes);
	CHECK_EQ(states.fault_kinds, dfs.fault_kinds);
	every = explored(script,
			 (struct explore_plan){.strategy = EXPLORE_STATEFUL, .every_step = true});
	CHECK_EQ(every.states, states.states);
	CHECK_EQ(script->outcome_count, outcomes);
	for (uint32_t s = EXPLORE_RANDOM; s <= EXPLORE_PCT; s++) {
		walk = explored(script, (struct explore_plan){.strategy = s,
							      .executions_max = 20000,
							      .races = s == EXPLORE_RANDOM});
		CHECK(script->outcome_count <= outcomes);
		if (s == EXPLORE_RANDOM)
			CHECK_EQ(script->outcome_count, outcomes);
		explore_report_free(&walk);
	}
	explore_report_free(&dfs);
	explore_report_free(&dpor);
	explore_report_free(&states);
	explore_report_free(&every);
}

/*
 * The one of the lower number is begun by the one of the higher, which has come to no point yet: it
 * comes after what their first ancestor did, so that there is nothing to reverse.
 */
static void born_in_a_prelude(void)
{
	static struct script grandchild = {
		.threads = 4,
		.begins = 2,
		.act = {{{ADD, 0}, {SPAWN, 3}}, {{ADD, 2}}, {{ADD, 0}}, {{SPAWN, 2}, {ADD, 3}}},
	};
	struct explore_report dpor = explored(
		&grandchild, (struct explore_plan){.strategy = EXPLORE_DPOR, .collect = true});

	CHECK(dpor.exhausted);
	CHECK_EQ(dpor.traces, 1);
	CHECK_EQ(dpor.executions, 1);
	explore_report_free(&dpor);
	check_all(&grandchild);
}

static void known_programs(void)
{
	check_all(&two_children);
	check_all(&parent_adds);
	check_all(&chain);
	check_all(&downwards);
	check_all(&before_the_first);
}

static uint32_t draw(uint64_t *state, uint32_t below)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)((*state >> 32) * below >> 32);
}

/* Each thread but those that begin is begun once, by a lower one. */
static void random_programs(void)
{
	uint64_t state = 88172645463325252;

	for (uint32_t run = 0; run < 100; run++) {
		struct script s = {.threads = 3 + draw(&state, 2), .begins = 1 + draw(&state, 2)};
		uint32_t length[THREADS] = {0};

		for (uint32_t cpu = 0; cpu < s.threads; cpu++)
			for (uint32_t i = 1 + draw(&state, 2); i; i--)
				s.act[cpu][length[cpu]++] = (struct act){
					draw(&state, 8) ? READ + draw(&state, 2) : AWAIT,
					draw(&state, 2)};
		for (uint32_t cpu = s.begins; cpu < s.threads; cpu++) {
			uint32_t parent = draw(&state, cpu), at = draw(&state, length[parent] + 1);

			for (uint32_t i = length[parent]++; i > at; i--)
				s.act[parent][i] = s.act[parent][i - 1];
			s.act[parent][at] = (struct act){SPAWN, cpu};
		}
		check_all(&s);
	}
}

/* What a parent wrote before it began a thread is ordered, what it writes after that is not. */
static void races_of_children(void)
{
	static struct script ordered = {
		.threads = 2,
		.begins = 1,
		.act = {{{PLAIN, 0}, {SPAWN, 1}, {ADD, 1}}, {{PLAIN, 0}}},
	};
	static struct script races = {
		.threads = 2,
		.begins = 1,
		.act = {{{ADD, 1}, {SPAWN, 1}, {PLAIN, 0}}, {{PLAIN, 0}}},
	};
	struct explore_plan plan = {
		.strategy = EXPLORE_RANDOM, .executions_max = 200, .races = true};
	struct explore_report report = explored(&ordered, plan);
	struct explore_fault fault;
	bool proven;

	CHECK_EQ(report.fault_kinds, 0);
	explore_report_free(&report);
	report = explored(&races, plan);
	CHECK_EQ(report.fault_kinds, 1u << FAULT_DATA_RACE);
	explore_report_free(&report);
	plan = (struct explore_plan){.strategy = EXPLORE_DPOR, .races = true};
	report = explored(&ordered, plan);
	CHECK_EQ(report.fault_kinds, 0);
	explore_report_free(&report);
	report = explored(&races, plan);
	CHECK_EQ(report.fault_kinds, 1u << FAULT_DATA_RACE);
	explore_report_free(&report);
	CHECK_EQ(explore_minimise(&(struct explore_model){.threads = 2,
							  .begins = 1,
							  .memory_bytes = sizeof(struct memory),
							  .init = init,
							  .thread = thread,
							  .context = &races},
				  &(struct explore_plan){.races = true}, EXPLORE_ANY_FAULT, &fault,
				  &proven),
		 0);
	CHECK(proven);
	CHECK_EQ(fault.preemptions, 0);
	CHECK_EQ(fault.steps, 3);
	schedule_free(&fault.schedule);
}

static void misuse(void)
{
	static struct script wrong = {
		.threads = 2,
		.begins = 1,
		.act = {{{ADD, 0}, {SPAWN, 7}, {SPAWN, 1}, {SPAWN, 1}, {SPAWN, 0}}, {{ADD, 0}}},
	};
	static struct script alone = {.threads = 2, .begins = 1, .act = {{{ADD, 0}}, {{ADD, 0}}}};
	struct explore_plan plan = {.strategy = EXPLORE_DFS};
	struct explore_model model = {.threads = 2,
				      .begins = 1,
				      .memory_bytes = sizeof(struct memory),
				      .init = init,
				      .thread = thread,
				      .context = &alone};
	struct explore_report report = explored(&wrong, plan);

	CHECK(report.exhausted);
	explore_report_free(&report);
	CHECK_EQ(explore(&model, &plan, &report), -ENODATA);
	model.begins = 3;
	CHECK_EQ(explore(&model, &plan, &report), -EINVAL);
	CHECK(strstr(report.refused, "`begins`") != NULL);
}

/* What the first reads, it hands to the thread that it begins, and forgets. */
static uint64_t hands_on(void *context, void *memory, struct task *t, uint32_t cpu)
{
	struct script *script = context;
	struct memory *m = memory;
	uint64_t given = script->own;

	if (cpu == 0) {
		script->own = (uint32_t)word_read(t, &m->word[0], ORDER_SEQ_CST, SITE("read"));
		fibers_spawn(t, 2);
	} else if (cpu == 1) {
		word_write(t, &m->word[0], 1, ORDER_SEQ_CST, SITE("write"));
	} else {
		word_update(t, &m->word[1], plus, 1, ORDER_SEQ_CST, SITE("its own step"));
		word_write(t, &m->word[2], given, ORDER_SEQ_CST, SITE("what it was given"));
	}
	return 0;
}

static void what_is_handed_on(void)
{
	struct script script = {0};
	struct explore_model model = {.threads = 3,
				      .begins = 2,
				      .memory_bytes = sizeof(struct memory),
				      .init = init,
				      .thread = hands_on,
				      .outcome = note_outcome,
				      .context = &script};
	static const enum explore_strategy all[] = {EXPLORE_DFS, EXPLORE_DPOR, EXPLORE_STATEFUL};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct explore_report report;

		script.outcome_count = 0;
		CHECK_EQ(explore(&model, &(struct explore_plan){.strategy = all[i]}, &report), 0);
		CHECK(report.exhausted && script.outcome_count == 2);
		explore_report_free(&report);
	}
}

static const struct test tests[] = {
	{"counts by hand", counts_by_hand},
	{"every search on known programs", known_programs},
	{"every search on random programs", random_programs},
	{"data races with what a parent does", races_of_children},
	{"a grandchild born in a prelude", born_in_a_prelude},
	{"what is refused", misuse},
	{"what a parent hands on", what_is_handed_on},
};
TESTS(tests)
