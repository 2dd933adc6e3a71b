/* SPDX-License-Identifier: MIT */
/*
 * How fast the explorer is: schedules a second of the random walk with the full oracle, with the
 * race detector on top, beside a bare loop that only switches fibers as often; and how long the
 * complete search of a scenario takes. Every patch in. Each window times one after the other,
 * so that what disturbs one disturbs all; all windows are printed, beside a few medians.
 *
 *   schedules WINDOWS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dm_model.h"
#include "bare.h"
#include "scenarios.h"

#define WINDOW_EXECUTIONS 20000

static struct explore_report explored(const struct explore_model *model,
				      enum explore_strategy strategy, bool races, uint64_t seed)
{
	struct explore_plan plan = {
		.strategy = strategy,
		.seed = seed,
		.executions_max = strategy == EXPLORE_RANDOM ? WINDOW_EXECUTIONS : 0,
		.all_faults = true,
		.races = races,
		.hang_ms = EXPLORE_NOT_WATCHED, /* as in the engine of the addon */
		.preemptions_max = UINT32_MAX,
	};
	struct explore_report report;

	memset(&report, 0, sizeof(report));
	if (explore(model, &plan, &report)) {
		fputs("schedules: explore() failed\n", stderr);
		exit(2);
	}
	return report;
}

static int by_value(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/* Of the middle; @scratch has room for them. */
static double median(const double *values, uint32_t count, double *scratch)
{
	memcpy(scratch, values, count * sizeof(*values));
	qsort(scratch, count, sizeof(*scratch), by_value);
	return scratch[count / 2];
}

/* Figures by window: nanoseconds a schedule, and milliseconds of the search. */
struct row {
	double *walk, *raced, *bare, *search_ms, *scratch;
	double points;
	uint64_t states;
	bool exhausted;
};

static void print_windows(const char *name, const double *values, uint32_t count)
{
	printf(", \"%s\": [", name);
	for (uint32_t i = 0; i < count; i++)
		printf("%s%.5g", i ? ", " : "", values[i]);
	printf("]");
}

static void print_row(const char *name, uint32_t threads, struct row *row, uint32_t windows)
{
	double walk = median(row->walk, windows, row->scratch);
	double bare = median(row->bare, windows, row->scratch);

	printf("{\"scenario\": \"%s\", \"threads\": %u, \"strategy\": \"random\", "
	       "\"pointsPerSchedule\": %.1f, \"schedulesPerSecond\": %.0f, \"nsPerPoint\": %.2f, "
	       "\"bareNsPerPoint\": %.2f, \"states\": %llu, \"exhausted\": %s",
	       name, threads, row->points, 1e9 / walk, walk / row->points, bare / row->points,
	       (unsigned long long)row->states, row->exhausted ? "true" : "false");
	print_windows("walkNs", row->walk, windows);
	print_windows("racedNs", row->raced, windows);
	print_windows("bareNs", row->bare, windows);
	print_windows("searchMs", row->search_ms, windows);
	printf("}");
}

static void measure(const struct scenario *scenario, struct row *row, uint32_t windows,
		    struct bare *bare)
{
	static struct dm_model model;
	struct program_set set = scenario_named(scenario->name);
	struct dm_setup setup = {.patches = PATCHES_ALL};
	struct bare_window window;

	dm_model_init(&model, &set, &setup);
	for (uint32_t w = 0; w < windows; w++) {
		struct explore_report walk = explored(&model.model, EXPLORE_RANDOM, false, w + 1);
		struct explore_report raced = explored(&model.model, EXPLORE_RANDOM, true, w + 1);
		struct explore_report search = explored(&model.model, EXPLORE_STATEFUL, false, 1);

		row->points = (double)walk.points / (double)walk.executions;
		row->walk[w] = (double)walk.elapsed_ns / (double)walk.executions;
		row->raced[w] = (double)raced.elapsed_ns / (double)raced.executions;
		bare_run(bare, set.cpus, (uint32_t)(row->points + 0.5), WINDOW_EXECUTIONS, &window);
		row->bare[w] = (double)window.elapsed_ns / WINDOW_EXECUTIONS;
		row->search_ms[w] = (double)search.elapsed_ns / 1e6;
		row->states = search.states;
		row->exhausted = search.exhausted;
		explore_report_free(&walk);
		explore_report_free(&raced);
		explore_report_free(&search);
	}
	print_row(scenario->name, set.cpus, row, windows);
	program_set_free(&set);
}

int main(int argc, char **argv)
{
	uint32_t windows = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 11;
	struct bare *bare = bare_new(1);
	double *memory = calloc((size_t)windows * 5, sizeof(*memory));
	struct row row = {.walk = memory};

	if (!windows || !bare || !memory)
		return 2;
	row.raced = row.walk + windows;
	row.bare = row.raced + windows;
	row.search_ms = row.bare + windows;
	row.scratch = row.search_ms + windows;
	printf("[");
	for (uint32_t i = 0; i < scenario_count; i++) {
		printf("%s", i ? ",\n " : "");
		measure(&scenarios[i], &row, windows, bare);
	}
	printf("]\n");
	bare_free(bare);
	free(memory);
	return 0;
}
