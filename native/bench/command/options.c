/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lists as they are given; the cells are made of them at the end. */
struct lists {
	double threads[LIST_MAX], hold[LIST_MAX], outside[LIST_MAX], populations[LIST_MAX];
	double readers[LIST_MAX];
	size_t thread_count, hold_count, outside_count, population_count, reader_count;
};

const char *const suite_names[BENCH_SUITES] = {"locks", "rwlocks", "minors", "refcount"};

void options_help(void)
{
	fputs("usage: dmtorture-bench locks|rwlocks|minors|refcount [options]\n"
	      "       dmtorture-bench list|validate\n"
	      "  --threads 1,2,8       threads of each cell\n"
	      "  --hold 0,100          locks, rwlocks: nanoseconds a lock is held\n"
	      "  --outside 0,200       locks, rwlocks: nanoseconds between release and acquire\n"
	      "  --readers 50,99       rwlocks: percent of acquisitions by a reader\n"
	      "  --locks a,b           these locks, or all, in place of the usual ones of `list`\n"
	      "  --populations 1,1000  minors: ids in the table\n"
	      "  --windows n           windows of each variant\n"
	      "  --ms n                milliseconds of a window\n"
	      "  --crowded-windows n   windows of cells with more threads than CPUs\n"
	      "  --crowded-ms n        milliseconds of each of those\n"
	      "  --unpinned            let the scheduler move the threads\n"
	      "  --no-peers            leave other libraries' locks and tables out\n"
	      "  --time n              milliseconds in all, kept by leaving out cells\n"
	      "  --seed n              the only entropy of choices\n"
	      "  --json                one JSON document on stdout\n",
	      stderr);
}

static int refuse(const char *option, const char *expected, const char *got)
{
	fprintf(stderr, "Expected `%s` to be %s, got `%s`\n", option, expected, got ? got : "");
	return -EINVAL;
}

/* A comma-separated list of numbers from @min to @max; "ns" may follow each. */
static int read_numbers(const char *option, const char *text, double min, double max,
			double *values, size_t *count)
{
	char expected[80], *end;

	snprintf(expected, sizeof(expected), "numbers from %g to %g, with commas between", min,
		 max);
	*count = 0;
	do {
		double value = text ? strtod(text, &end) : 0;

		if (!text || end == text || value < min || value > max || *count == LIST_MAX)
			return refuse(option, expected, text);
		if (!strncmp(end, "ns", 2))
			end += 2;
		if (*end && *end != ',')
			return refuse(option, expected, text);
		values[(*count)++] = value;
		text = end + 1;
	} while (*end);
	return 0;
}

static int read_number(const char *option, const char *text, double min, double max, double *value)
{
	double values[LIST_MAX];
	size_t count;
	int r = read_numbers(option, text, min, max, values, &count);

	*value = r ? 0 : values[0];
	return !r && count != 1 ? refuse(option, "one number", text) : r;
}

/* All but the control. */
static uint64_t all_locks(enum bench_suite suite)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < bench_lock_count(suite); i++)
		mask |= (uint64_t)!bench_lock(suite, i).control << i;
	return mask;
}

static int read_locks(enum bench_suite suite, const char *text, uint64_t *mask)
{
	*mask = 0;
	while (text && *text) {
		size_t length = strcspn(text, ","), i;

		if (length == strlen("all") && !strncmp(text, "all", length)) {
			*mask |= all_locks(suite);
			text += length + (text[length] == ',');
			continue;
		}
		for (i = 0; i < bench_lock_count(suite); i++) {
			struct bench_lock lock = bench_lock(suite, i);

			if (strlen(lock.slug) == length && !strncmp(lock.slug, text, length))
				break;
		}
		if (i == bench_lock_count(suite))
			return refuse("--locks", "names that `dmtorture-bench list` has", text);
		*mask |= UINT64_C(1) << i;
		text += length + (text[length] == ',');
	}
	return *mask ? 0 : refuse("--locks", "names that `dmtorture-bench list` has", text);
}

/* One option with its value. Returns 0 or -EINVAL. */
static int read_option(struct options *o, struct lists *l, const char *name, const char *value)
{
	struct bench_plan *plan = &o->plan;
	double number;
	int r;

	if (!strcmp(name, "--threads"))
		return read_numbers(name, value, 1, BENCH_LIST_MAX_threads, l->threads,
				    &l->thread_count);
	if (!strcmp(name, "--hold"))
		return read_numbers(name, value, 0, BENCH_LIST_MAX_hold_ns, l->hold,
				    &l->hold_count);
	if (!strcmp(name, "--outside"))
		return read_numbers(name, value, 0, BENCH_LIST_MAX_outside_ns, l->outside,
				    &l->outside_count);
	if (!strcmp(name, "--readers"))
		return read_numbers(name, value, 0, BENCH_LIST_MAX_read_percent, l->readers,
				    &l->reader_count);
	if (!strcmp(name, "--populations"))
		return read_numbers(name, value, 1, BENCH_LIST_MAX_populations, l->populations,
				    &l->population_count);
	if (!strcmp(name, "--locks"))
		return read_locks(plan->suite, value, &plan->locks);
	if (!strcmp(name, "--windows") || !strcmp(name, "--crowded-windows")) {
		r = read_number(name, value, 1, bench_table[BENCH_ROW_windows].max, &number);
		*(name[2] == 'w' ? &plan->windows : &plan->crowded_windows) = (uint32_t)number;
		return r;
	}
	if (!strcmp(name, "--ms") || !strcmp(name, "--crowded-ms")) {
		r = read_number(name, value, 0.1, bench_table[BENCH_ROW_window_us].max / 1e3,
				&number);
		*(name[2] == 'm' ? &plan->window_ns : &plan->crowded_window_ns) =
			(uint64_t)(number * 1e6);
		return r;
	}
	if (!strcmp(name, "--time")) {
		r = read_number(name, value, 0, bench_table[BENCH_ROW_time_ms].max, &number);
		plan->time_ns = (uint64_t)(number * 1e6);
		return r;
	}
	if (!strcmp(name, "--seed")) {
		r = read_number(name, value, 0, 9007199254740991.0, &number);
		plan->seed = (uint64_t)number;
		return r;
	}
	return refuse("option", "one of those that --help has", name);
}

/* Add to @o the cells of @threads: every combination of the lists. Returns how many there are. */
static size_t add_cells(struct options *o, const struct lists *l, uint32_t threads, size_t n)
{
	static const double nothing[] = {0}, shares[] = {50, 90, 99, 100};
	bool shared = o->plan.suite == BENCH_RWLOCKS;
	const double *hold = l->hold_count ? l->hold : nothing;
	const double *outside = l->outside_count ? l->outside : nothing;
	const double *readers = !shared ? nothing : l->reader_count ? l->readers : shares;
	size_t reader_count = !shared ? 1 : l->reader_count ? l->reader_count : 4;

	for (size_t h = 0; h < (l->hold_count ? l->hold_count : 1); h++)
		for (size_t u = 0; u < (l->outside_count ? l->outside_count : 1); u++)
			for (size_t r = 0; r < reader_count && n < CELLS_MAX; r++)
				o->cells[n++] = (struct bench_cell){
					.threads = threads,
					.hold_ns = hold[h],
					.outside_ns = outside[u],
					.read_percent = (uint32_t)readers[r],
				};
	return n;
}

/* Cells out of the lists; a list that was not given has what the default cells have. */
static void make_cells(struct options *o, const struct lists *l)
{
	static const double usual[] = {1, 2, 8};
	struct bench_plan *plan = &o->plan;
	const double *threads = l->thread_count ? l->threads : usual;
	size_t n = 0;

	for (size_t i = 0; i < l->population_count; i++)
		o->populations[i] = (uint32_t)l->populations[i];
	if (l->population_count) {
		plan->populations = o->populations;
		plan->population_count = l->population_count;
	}
	if (!l->thread_count && !l->hold_count && !l->outside_count && !l->reader_count)
		return;
	for (size_t t = 0; t < (l->thread_count ? l->thread_count : 3); t++)
		n = add_cells(o, l, (uint32_t)threads[t], n);
	plan->cells = o->cells;
	plan->cell_count = n;
}

int options_read(struct options *o, int argc, char **argv)
{
	struct lists lists = {0};
	unsigned int suite = 0;
	int r = 0;

	memset(o, 0, sizeof(*o));
	if (argc < 2 || !strcmp(argv[1], "--help"))
		return 1;
	o->list = !strcmp(argv[1], "list");
	o->validate = !strcmp(argv[1], "validate");
	while (suite < BENCH_SUITES && strcmp(argv[1], suite_names[suite]))
		suite++;
	if (suite == BENCH_SUITES && !o->list && !o->validate)
		return refuse("suite", "locks, rwlocks, minors or refcount", argv[1]);
	bench_plan_init(&o->plan, suite == BENCH_SUITES ? BENCH_LOCKS : (enum bench_suite)suite);
	for (int i = 2; i < argc && !r; i++) {
		if (!strcmp(argv[i], "--help"))
			return 1;
		if (!strcmp(argv[i], "--json"))
			o->json = true;
		else if (!strcmp(argv[i], "--unpinned"))
			o->plan.pinned = false;
		else if (!strcmp(argv[i], "--no-peers"))
			o->no_peers = true;
		else {
			r = read_option(o, &lists, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
			i++;
		}
	}
	if (!r)
		make_cells(o, &lists);
	return r;
}
