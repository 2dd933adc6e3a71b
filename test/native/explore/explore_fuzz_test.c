/* SPDX-License-Identifier: MIT */
/*
 * Random programs. Complete depth-first search says what is true; DPOR, whole and in parts, and
 * stateful search, with and without sleep, have to agree: on ends, on outcomes, on faults and where
 * they are met, on the number of traces, and on what a read that nobody needs may not change.
 * DMTORTURE_PROGRAMS in the environment says how many programs; there are 3,000 otherwise.
 */
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "hashset.h"
#include "shapes.h"

#define PROGRAMS 3000
#define READ_PROGRAMS 600
#define PARTS 3
#define DFS_MAX 60000 /* executions; larger programs are compared without it */

static uint32_t program_count(void)
{
	const char *asked = getenv("DMTORTURE_PROGRAMS");

	return asked ? (uint32_t)strtoul(asked, NULL, 10) : PROGRAMS;
}

struct seen {
	struct shape shape; /* must be first: it is the model's context */
	struct hashset outcomes;
};

static void outcome(void *context, struct fibers *f, bool faulted)
{
	struct seen *seen = context;

	hashset_add(&seen->outcomes, shape_outcome(f, faulted) | 1);
}

/* A search of @s as @plan says, of all faults. *@outcomes gets those it saw, as a number. */
static struct explore_report look(const struct shape *s, struct explore_plan plan,
				  uint64_t *outcomes)
{
	struct seen seen = {.shape = *s};
	struct explore_model model = shape_model(&seen.shape);
	struct explore_report report;

	model.outcome = outcome;
	plan.preemptions_max = UINT32_MAX;
	plan.all_faults = true;
	CHECK_EQ(explore(&model, &plan, &report), 0);
	*outcomes = fibers_mix(hashset_digest(&seen.outcomes), seen.outcomes.count);
	hashset_free(&seen.outcomes);
	return report;
}

struct found {
	struct explore_report report;
	uint64_t outcomes;
};

static struct found run(const struct shape *s, struct explore_plan plan)
{
	struct found found;

	plan.collect = true;
	found.report = look(s, plan, &found.outcomes);
	return found;
}

static bool has_fault(const struct explore_report *r, const struct explore_fault *fault)
{
	for (uint32_t i = 0; i < r->fault_count; i++)
		if (r->fault[i].kind == fault->kind && r->fault[i].site == fault->site)
			return true;
	return false;
}

/* Whether all faults of @a are among those of @b. */
static bool has_faults_of(const struct explore_report *b, const struct explore_report *a)
{
	for (uint32_t i = 0; i < a->fault_count; i++)
		if (!has_fault(b, &a->fault[i]))
			return false;
	return true;
}

static bool agree(const struct found *one, const struct found *other)
{
	const struct explore_report *a = &one->report, *b = &other->report;

	return a->fault_kinds == b->fault_kinds && a->finals_hash == b->finals_hash &&
	       a->fault_count == b->fault_count && has_faults_of(a, b) &&
	       one->outcomes == other->outcomes;
}

/* A fault is seen in no more executions than there were. */
static bool counts_executions(const struct explore_report *r)
{
	for (uint32_t i = 0; i < r->fault_count; i++)
		if (r->fault[i].count > r->executions)
			return false;
	return true;
}

/* Whether the parts look at what @whole looked at, and at nothing twice. */
static bool parts_are(const struct shape *s, struct explore_plan plan,
		      const struct explore_report *whole)
{
	uint64_t looked_at = 0, traces = 0;
	uint32_t kinds = 0;
	bool fine = true;

	for (plan.parts = PARTS; plan.part < PARTS; plan.part++) {
		struct explore_report part = run(s, plan).report;

		looked_at += part.executions - part.blocked;
		traces += part.traces;
		kinds |= part.fault_kinds;
		fine = fine && has_faults_of(whole, &part);
		explore_report_free(&part);
	}
	return fine && looked_at == whole->executions - whole->blocked && traces == whole->traces &&
	       kinds == whole->fault_kinds;
}

struct reports {
	struct found dfs, dpor, states, every;
};

static const char *disagreement(const struct shape *s, const struct reports *r, bool run_on)
{
	struct explore_plan dpor = {.strategy = EXPLORE_DPOR, .run_on = run_on};

	if (!agree(&r->dpor, &r->states))
		return "dpor and stateful differ";
	if (!agree(&r->states, &r->every) || r->states.report.states != r->every.report.states ||
	    r->states.report.executions != r->every.report.executions)
		return "stateful with and without sleep differ";
	if (r->dfs.report.exhausted && !agree(&r->dfs, &r->states))
		return "dfs and stateful differ";
	if (r->dfs.report.exhausted && r->dfs.report.traces != r->dpor.report.traces)
		return "dfs and dpor count different traces";
	if (!counts_executions(&r->dfs.report) || !counts_executions(&r->dpor.report))
		return "a fault counts more than once an execution";
	if (!parts_are(s, dpor, &r->dpor.report))
		return "dpor and its parts differ";
	return NULL;
}

static void show(const struct shape *s, const struct reports *r, bool run_on, const char *what)
{
	shape_show(s, what);
	printf("    run_on %d, dfs %llu of %llu, dpor %llu of %llu (%llu), states %llu; faults %u, "
	       "%u, %u, %u\n",
	       run_on, (unsigned long long)r->dfs.report.finals,
	       (unsigned long long)r->dfs.report.traces, (unsigned long long)r->dpor.report.finals,
	       (unsigned long long)r->dpor.report.traces,
	       (unsigned long long)r->dpor.report.executions,
	       (unsigned long long)r->states.report.finals, r->dfs.report.fault_count,
	       r->dpor.report.fault_count, r->states.report.fault_count,
	       r->every.report.fault_count);
}

static void random_programs(void)
{
	uint32_t wrong = 0, checked = 0, more = 0, programs = program_count();

	for (uint32_t i = 0; i < programs; i++) {
		struct shape s = random_shape();
		bool run_on = draw(3) == 0;
		struct reports r = {
			.dfs = run(&s, (struct explore_plan){.strategy = EXPLORE_DFS,
							     .executions_max = DFS_MAX,
							     .run_on = run_on}),
			.dpor = run(&s, (struct explore_plan){.strategy = EXPLORE_DPOR,
							      .run_on = run_on}),
			.states = run(&s, (struct explore_plan){.strategy = EXPLORE_STATEFUL,
								.run_on = run_on}),
			.every = run(&s, (struct explore_plan){.strategy = EXPLORE_STATEFUL,
							       .every_step = true,
							       .run_on = run_on}),
		};
		const char *what = disagreement(&s, &r, run_on);

		checked += r.dfs.report.exhausted;
		more += r.dpor.report.executions > r.dpor.report.traces;
		if (what && wrong++ < 4)
			show(&s, &r, run_on, what);
		explore_report_free(&r.dfs.report);
		explore_report_free(&r.dpor.report);
		explore_report_free(&r.states.report);
		explore_report_free(&r.every.report);
	}
	printf("  %u programs, %u of them checked by DFS, %u with redundant executions, %u "
	       "disagree\n",
	       programs, checked, more, wrong);
	CHECK(programs > 0);
	CHECK_EQ(wrong, 0);
}

/* The outcomes of @shape, as a number. */
static uint64_t outcomes_of(const struct shape *shape, enum explore_strategy strategy)
{
	uint64_t outcomes;
	struct explore_report report =
		look(shape, (struct explore_plan){.strategy = strategy}, &outcomes);

	CHECK(report.exhausted);
	explore_report_free(&report);
	return outcomes;
}

/* Reading a word for nothing loses no outcome and makes none. */
static void useless_reads(void)
{
	static const enum explore_strategy complete[] = {EXPLORE_DPOR, EXPLORE_STATEFUL};
	uint32_t lost = 0;

	for (uint32_t i = 0; i < READ_PROGRAMS; i++) {
		struct shape s = random_shape(), reads = s;
		uint32_t cpu = draw(s.threads);

		shape_add_read(&reads, cpu, draw(s.length[cpu] + 1), draw(WORDS));
		for (uint32_t k = 0; k < 2; k++) {
			if (outcomes_of(&s, complete[k]) == outcomes_of(&reads, complete[k]))
				continue;
			if (lost++ < 4)
				shape_show(&reads, "the read changes the outcomes");
		}
	}
	CHECK_EQ(lost, 0);
}

static const struct test tests[] = {
	{"random programs", random_programs},
	{"useless reads", useless_reads},
};
TESTS(tests)
