/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define SAFE_MAX UINT64_C(9007199254740991) /* what a number of JavaScript holds exactly */
#define MONTH_MS UINT64_C(2592000000)
#define PARTS_MAX 1000

struct host_options host_options;

const char *const host_fact_name[OWN_FACTS] = {
	[OWN_FACT_POINT] = "point",
	[OWN_FACT_TRIED] = "tried",
	[OWN_FACT_OVERLAP] = "overlap",
	[OWN_FACT_ORDER] = "order",
};

/* The command line cannot be meant: one sentence, on stderr and as the last line of stdout. */
__attribute__((format(printf, 1, 2))) static int complain(const char *format, ...)
{
	char text[2 * HOST_TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	fprintf(stderr, "dmtorture-own: %s\n", text);
	host_print_refused(text, 0);
	return 2;
}

static int refuse(const char *option, const char *expected, const char *got)
{
	return complain("Expected `--%s` to be %s, got `%s`", option, expected, got);
}

/* A number of @base up to @max at *@text, which goes on behind it. Returns whether there is one. */
static bool take_number(const char **text, int base, uint64_t max, uint64_t *value)
{
	char *end;

	/* strtoull() lets signs and blanks pass. */
	if (!strchr("0123456789abcdefABCDEF", **text) || !**text)
		return false;
	errno = 0;
	*value = strtoull(*text, &end, base);
	if (end == *text || errno || *value > max)
		return false;
	*text = end;
	return true;
}

static int read_number(const char *option, const char *text, uint64_t min, uint64_t max,
		       uint64_t *value)
{
	const char *at = text;
	char expected[80];

	if (take_number(&at, 10, max, value) && !*at && *value >= min)
		return 0;
	snprintf(expected, sizeof(expected), "%" PRIu64 "..%" PRIu64, min, max);
	return refuse(option, expected, text);
}

static int read_small(const char *option, const char *text, uint32_t min, uint32_t max,
		      uint32_t *value)
{
	uint64_t number = 0;
	int r = read_number(option, text, min, max, &number);

	*value = (uint32_t)number;
	return r;
}

/* The row of @text among @count names. */
static int read_name(const char *option, const char *text, const char *const *names, uint32_t count,
		     uint32_t *row)
{
	char expected[HOST_TEXT_MAX] = "";
	size_t used = 0;

	for (*row = 0; *row < count; (*row)++)
		if (!strcmp(text, names[*row]))
			return 0;
	for (uint32_t i = 0; i < count; i++) {
		int more = snprintf(expected + used, sizeof(expected) - used, "%s%s",
				    i ? ", " : "one of ", names[i]);

		if (more > 0 && used + (size_t)more < sizeof(expected))
			used += (size_t)more;
	}
	return refuse(option, expected, text);
}

static int read_strategy(const char *option, const char *text, void *value)
{
	const char *names[EXPLORE_STRATEGIES];
	uint32_t row;
	int r;

	for (uint32_t i = 0; i < EXPLORE_STRATEGIES; i++)
		names[i] = explore_strategy_name(i);
	r = read_name(option, text, names, EXPLORE_STRATEGIES, &row);
	*(enum explore_strategy *)value = row;
	return r;
}

static int read_memory(const char *option, const char *text, void *value)
{
	const char *names[EXPLORE_MEMORIES];

	for (uint32_t i = 0; i < EXPLORE_MEMORIES; i++)
		names[i] = explore_memory_name(i);
	return read_name(option, text, names, EXPLORE_MEMORIES, value);
}

static int read_seed(const char *option, const char *text, void *value)
{
	return read_number(option, text, 0, SAFE_MAX, value);
}

static int read_count(const char *option, const char *text, void *value)
{
	return read_number(option, text, 0, SAFE_MAX, value);
}

static int read_time(const char *option, const char *text, void *value)
{
	return read_number(option, text, 0, MONTH_MS, value);
}

static int read_preemptions(const char *option, const char *text, void *value)
{
	host_options.bounded = true;
	return read_small(option, text, 0, STEPS_MAX, value);
}

static int read_depth(const char *option, const char *text, void *value)
{
	return read_small(option, text, 1, EXPLORE_DEPTH_MAX, value);
}

static int read_steps(const char *option, const char *text, void *value)
{
	return read_small(option, text, 1, STEPS_MAX, value);
}

static int read_spurious(const char *option, const char *text, void *value)
{
	return read_small(option, text, 0, 1000, value);
}

static int read_part(const char *option, const char *text, void *value)
{
	uint64_t part, parts;
	const char *at = text;

	(void)value;
	if (!take_number(&at, 10, PARTS_MAX - 1, &part) || *at++ != '/' ||
	    !take_number(&at, 10, PARTS_MAX, &parts) || *at || part >= parts)
		return refuse(option, "i/n, part i (from 0) of n (up to 1000) parts", text);
	host_options.part = (uint32_t)part;
	host_options.parts = (uint32_t)parts;
	return 0;
}

static int read_heap(const char *option, const char *text, void *value)
{
	static const char *const names[] = {"fresh", "reuse", "both"};
	uint32_t row;
	int r = read_name(option, text, names, 3, &row);

	*(enum host_heap *)value = row;
	return r;
}

/* The second of two names. */
static int read_second(const char *option, const char *text, const char *first, const char *second,
		       bool *value)
{
	const char *const names[] = {first, second};
	uint32_t row;
	int r = read_name(option, text, names, 2, &row);

	*value = row == 1;
	return r;
}

static int read_orders(const char *option, const char *text, void *value)
{
	return read_second(option, text, "c11", "all", value);
}

static int read_volatile(const char *option, const char *text, void *value)
{
	return read_second(option, text, "point", "marked", value);
}

static int read_main(const char *option, const char *text, void *value)
{
	return read_second(option, text, "ends", "waits", value);
}

static int read_kind(const char *option, const char *text, void *value)
{
	const char *names[FAULT_COUNT];

	for (uint32_t i = 0; i < FAULT_COUNT; i++)
		names[i] = explore_fault_name(i);
	return read_name(option, text, names, FAULT_COUNT, value);
}

static int read_kinds(const char *option, const char *text, void *value)
{
	char word[HOST_NAME_MAX];
	uint32_t kind;

	for (;;) {
		size_t length = strcspn(text, ",");

		snprintf(word, sizeof(word), "%.*s", (int)length, text);
		if (read_kind(option, word, &kind))
			return 2;
		*(uint32_t *)value |= 1u << kind;
		if (!text[length])
			return 0;
		text += length + 1;
	}
}

static int read_offset(const char *option, const char *text, void *value)
{
	const char *at = text;

	if (take_number(&at, 16, UINT32_MAX, value) && !*at)
		return 0;
	return refuse(option, "an offset in the object, in hexadecimal digits", text);
}

static int read_forbidden(const char *option, const char *text, void *value)
{
	(void)value;
	return host_forbid(text) ? 0 : refuse(option, "an outcome such as r1=0 r2=1", text);
}

static int read_fact(const char **at, struct host_fact *fact)
{
	for (uint32_t kind = 0; kind < OWN_FACTS; kind++) {
		size_t length = strlen(host_fact_name[kind]);

		if (strncmp(*at, host_fact_name[kind], length) || (*at)[length] != ':')
			continue;
		*at += length + 1;
		fact->fact = kind;
		return take_number(at, 16, UINT64_MAX, &fact->value) ? 0 : 2;
	}
	return 2;
}

static int read_known(const char *option, const char *text, void *value)
{
	struct host_options *options = value;
	const char *at = text;

	while (*at) {
		if (options->facts == HOST_FACTS_MAX ||
		    read_fact(&at, &options->fact[options->facts]) || (*at && *at++ != ','))
			return refuse(option, "facts such as point:12ab, with commas between",
				      text);
		options->facts++;
	}
	return 0;
}

static int read_schedule(const char *option, const char *text, void *value)
{
	struct host_options *options = value;
	const char *at = text;

	while (*at) {
		uint64_t step, cpu, taken = 0;

		if (options->deviations == STEPS_MAX ||
		    !take_number(&at, 10, STEPS_MAX - 1, &step) || *at++ != ':' ||
		    !take_number(&at, 10, OWN_THREADS - 1, &cpu) ||
		    (*at == '^' && (at++, !take_number(&at, 10, OPTION_FLUSH, &taken))) ||
		    (*at && *at++ != ','))
			return refuse(option,
				      "deviations step:thread or step:thread^option, with "
				      "commas between",
				      text);
		options->deviation[options->deviations++] = (struct deviation){
			.step = (uint32_t)step, .cpu = (uint32_t)cpu, .option = (uint32_t)taken};
	}
	return 0;
}

enum { SEARCHES = 1, REPLAYS = 2, BOTH = 3 };

/* Options with a value, and flags, which have none. */
static const struct option {
	const char *name;
	int commands;
	int (*read)(const char *option, const char *text, void *value); /* NULL: a flag */
	void *value;
} options[] = {
	{"strategy", SEARCHES, read_strategy, &host_options.strategy},
	{"memory", BOTH, read_memory, &host_options.memory},
	{"seed", SEARCHES, read_seed, &host_options.seed},
	{"executions", SEARCHES, read_count, &host_options.executions},
	{"time-ms", BOTH, read_time, &host_options.time_ms},
	{"preemptions", SEARCHES, read_preemptions, &host_options.preemptions},
	{"depth", SEARCHES, read_depth, &host_options.depth},
	{"steps", SEARCHES, read_steps, &host_options.steps},
	{"part", SEARCHES, read_part, NULL},
	{"all-faults", SEARCHES, NULL, &host_options.all_faults},
	{"no-minimise", SEARCHES, NULL, &host_options.as_found},
	{"heap", BOTH, read_heap, &host_options.heap},
	{"orders", BOTH, read_orders, &own_options.orders_all},
	{"volatile", BOTH, read_volatile, &own_options.volatile_marked},
	{"main", BOTH, read_main, &own_options.main_waits},
	{"spurious", BOTH, read_spurious, &own_options.spurious},
	{"leaks", BOTH, NULL, &own_options.leaks},
	{"pass", BOTH, read_kinds, &host_options.passes},
	{"forbid", BOTH, read_forbidden, NULL},
	{"know", BOTH, read_known, &host_options},
	{"schedule", REPLAYS, read_schedule, &host_options},
	{"kind", REPLAYS, read_kind, &host_options.kind},
	{"at", REPLAYS, read_offset, &host_options.at},
	{"other", REPLAYS, read_offset, &host_options.other},
};

static int read_option(const char *text)
{
	int command = host_options.replay ? REPLAYS : SEARCHES;
	size_t length = strcspn(text, "=");

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const struct option *option = &options[i];

		if (strlen(option->name) != length || strncmp(option->name, text, length) ||
		    !(option->commands & command))
			continue;
		if (!option->read && text[length])
			return refuse(option->name, "without a value", text + length + 1);
		if (!option->read) {
			*(bool *)option->value = true;
			return 0;
		}
		if (!text[length])
			return refuse(option->name, "with a value", "");
		return option->read(option->name, text + length + 1, option->value);
	}
	return complain("Unknown option `--%.*s` of `%s`", (int)length, text,
			host_options.replay ? "replay" : "search");
}

/* Options that only some strategies read. */
static int read_together(void)
{
	const struct host_options *o = &host_options;
	bool has_depth = o->strategy == EXPLORE_PCT || o->strategy == EXPLORE_PORTFOLIO;
	bool splits = o->strategy == EXPLORE_DFS || o->strategy == EXPLORE_DPOR;
	const char *name = explore_strategy_name(o->strategy);

	if (o->depth && !has_depth)
		return refuse("strategy", "pct or portfolio where there is a `--depth`", name);
	if (o->bounded && o->strategy != EXPLORE_DFS)
		return refuse("strategy", "dfs where there are `--preemptions`", name);
	if (o->parts > 1 && !splits)
		return refuse("strategy", "dfs or dpor where there is a `--part`", name);
	if (o->replay && o->heap == HOST_BOTH)
		return refuse("heap", "fresh or reuse: a schedule has one heap", "both");
	return 0;
}

int host_read_options(int argc, char **argv)
{
	int r = 0;

	if (argc < 3 || (strcmp(argv[1], "search") && strcmp(argv[1], "replay")))
		return complain("Expected `search OBJECT` or `replay OBJECT`, then options");
	host_options.replay = !strcmp(argv[1], "replay");
	host_options.object = argv[2];
	host_options.seed = 1;
	host_options.kind = EXPLORE_ANY_FAULT;
	host_options.heap = host_options.replay ? HOST_FRESH : HOST_BOTH;
	for (int i = 3; i < argc && !r; i++) {
		if (strncmp(argv[i], "--", 2))
			return complain("Expected an option, got `%s`", argv[i]);
		r = read_option(argv[i] + 2);
	}
	return r ? r : read_together();
}
