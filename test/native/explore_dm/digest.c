/* SPDX-License-Identifier: MIT */
/*
 * What explorations find, as text: the same from every compiler, at every level of optimisation
 * and on every machine. Prints it; .ci/run compares the builds. No address is in it. An argument
 * is the seed of the walks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dm_model.h"
#include "classics.h"
#include "scenarios.h"

#define PATCHES 8
#define WALKS 500

static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = fibers_mix(hash, (unsigned char)*text);
	return hash;
}

/*
 * Folds an execution into @hash: the chosen threads and, where it is recorded, their accesses,
 * without addresses.
 */
static uint64_t hash_execution(uint64_t hash, const struct fibers *f)
{
	for (uint32_t i = 0; i < f->steps; i++)
		hash = fibers_mix(hash, choice_chosen(f->schedule[i]));
	for (uint32_t i = 0; i < f->length; i++) {
		const struct access *a = &f->trace[i];

		hash = fibers_mix(hash, (uint64_t)a->place << 16 | a->kind << 8 | a->cpu);
		hash = hash_text(hash, a->site->text);
	}
	return fibers_mix(hash, f->fault_kinds);
}

static uint64_t seed = 3;
/* Of every execution of a walk. */
static uint64_t walked;

static void walk_told(void *context, struct fibers *f, bool faulted)
{
	(void)context;
	(void)faulted;
	walked = hash_execution(walked, f);
}

static void print_faults(const struct explore_report *r)
{
	for (uint32_t i = 0; i < r->fault_count; i++) {
		const struct explore_fault *fault = &r->fault[i];

		printf("    %s at %s: %s, cpu%u, first in %llu, in %llu, %u preemptions, step %u\n",
		       explore_fault_name(fault->kind), fault->site->func, fault->site->text,
		       fault->cpu + 1, (unsigned long long)fault->execution,
		       (unsigned long long)fault->count, fault->preemptions, fault->steps);
	}
}

static void print_search(const struct explore_model *model, enum explore_strategy strategy)
{
	struct explore_plan plan = {.strategy = strategy, .all_faults = true, .collect = true};
	struct explore_report r;
	int error = explore(model, &plan, &r);

	printf("  %s: %d, %s, executions %llu, blocked %llu, states %llu, points %llu, traces "
	       "%llu, "
	       "ends %llu, longest %u\n",
	       explore_strategy_name(strategy), error, explore_limit_name(r.limit),
	       (unsigned long long)r.executions, (unsigned long long)r.blocked,
	       (unsigned long long)r.states, (unsigned long long)r.points,
	       (unsigned long long)r.traces, (unsigned long long)r.finals, r.steps_longest);
	print_faults(&r);
	explore_report_free(&r);
}

/* Every choice of seeded walks. */
static void print_walk(struct explore_model model, enum explore_strategy strategy)
{
	struct explore_plan plan = {
		.strategy = strategy, .seed = seed, .executions_max = WALKS, .all_faults = true};
	struct explore_report r;
	int error;

	walked = 0;
	model.outcome = walk_told;
	error = explore(&model, &plan, &r);
	printf("  %s: %d, points %llu, executions %016llx\n", explore_strategy_name(strategy),
	       error, (unsigned long long)r.points, (unsigned long long)walked);
	print_faults(&r);
	explore_report_free(&r);
}

static void print_all(const char *name, const struct explore_model *model)
{
	printf("%s\n", name);
	if (model->threads < 3) {
		print_search(model, EXPLORE_DPOR);
		print_search(model, EXPLORE_STATEFUL);
	}
	print_walk(*model, EXPLORE_RANDOM);
	print_walk(*model, EXPLORE_STICKY);
	print_walk(*model, EXPLORE_PCT);
}

static void print_scenario(const char *name, uint64_t patches)
{
	static struct dm_model model;
	struct program_set programs = scenario_named(name);
	struct dm_setup setup = {.patches = patches};
	char title[64];

	dm_model_init(&model, &programs, &setup);
	snprintf(title, sizeof(title), "%s %03llx", name, (unsigned long long)patches);
	print_all(title, &model.model);
	program_set_free(&programs);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		seed = strtoull(argv[1], NULL, 10);
	for (uint32_t i = 0; i < classic_count; i++) {
		struct classic_run seen;
		struct explore_model model = classic_model(&seen, &classics[i]);

		print_all(classics[i].name, &model);
	}
	for (uint32_t i = 0; i < scenario_count; i++) {
		struct program_set programs = scenario_named(scenarios[i].name);
		bool small = programs.cpus == 2;

		program_set_free(&programs);
		for (uint32_t patch = 0; small && patch < PATCHES; patch++)
			print_scenario(scenarios[i].name, PATCHES_ALL & ~PATCH_ROW_AT(patch));
		print_scenario(scenarios[i].name, PATCHES_ALL);
	}
	return 0;
}
