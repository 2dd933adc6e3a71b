/* SPDX-License-Identifier: MIT */
/*
 * The turns of the history, by what follows from them: under every named set, and under some with
 * one row changed, each scenario shows the kinds of fault that its formulas say, and no other.
 */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "explore_engine.h"
#include "scenarios.h"

#define SCENARIOS_MAX 64
#define WORDS_MAX 256

/* --- formulas: `!` binds closer than `&`, and `&` than `|` --- */

static bool read_either(const char **at, uint64_t patches);

static void skip_blanks(const char **at)
{
	*at += strspn(*at, " ");
}

static bool take(const char **at, char sign)
{
	skip_blanks(at);
	if (**at != sign)
		return false;
	++*at;
	return true;
}

static bool read_row(const char **at, uint64_t patches)
{
	size_t length = strcspn(*at, " !&|()");

	for (uint32_t i = 0; i < PATCH_COUNT; i++)
		if (strlen(patch_table[i].no) == length &&
		    !strncmp(patch_table[i].no, *at, length)) {
			*at += length;
			return patches & PATCH_ROW_AT(i);
		}
	printf("  not a row: %s\n", *at);
	CHECK(false);
	*at += strlen(*at);
	return false;
}

static bool read_single(const char **at, uint64_t patches)
{
	bool holds;

	if (take(at, '!'))
		return !read_single(at, patches);
	if (!take(at, '('))
		return read_row(at, patches);
	holds = read_either(at, patches);
	CHECK(take(at, ')'));
	return holds;
}

static bool read_both(const char **at, uint64_t patches)
{
	bool holds = read_single(at, patches);

	while (take(at, '&'))
		holds &= read_single(at, patches);
	return holds;
}

static bool read_either(const char **at, uint64_t patches)
{
	bool holds = read_both(at, patches);

	while (take(at, '|'))
		holds |= read_both(at, patches);
	return holds;
}

static void formulas_are_read(void)
{
	static const struct {
		const char *formula;
		bool none, first, both;
	} known[] = {
		{"01", false, true, true},
		{"!01", true, false, false},
		{"01 & 02", false, false, true},
		{"01 & !02", false, true, false},
		{"02 | 01", false, true, true},
		{"!(01 & 02)", true, true, false},
		{"!01 & 02 | 01 & !02", false, true, false},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const char *none = known[i].formula, *first = none, *both = none;

		CHECK_EQ(read_either(&none, PATCHES_NONE), known[i].none);
		CHECK_EQ(read_either(&first, PATCH_ROW(01)), known[i].first);
		CHECK_EQ(read_either(&both, PATCH_ROW(01) | PATCH_ROW(02)), known[i].both);
		CHECK_EQ(*none, 0);
	}
}

/* --- scenarios --- */

static struct {
	struct matrix_scenario programs[SCENARIOS_MAX];
	const struct scenario_line *line[SCENARIOS_MAX], *end[SCENARIOS_MAX];
	uint32_t words[SCENARIOS_MAX][WORDS_MAX];
	uint32_t count;
} all;

/* Those of two threads, and of the history all. */
static void add_scenarios(const struct scenario_line *lines, uint32_t count, size_t threads_max)
{
	for (uint32_t i = 0; i < count; i++) {
		struct program_set set;
		char text[256];
		size_t length;

		if (!lines[i].name)
			continue;
		/* As the library has them, which ends each with a removal of all. */
		snprintf(text, sizeof(text), "%s ; after: remove-all", lines[i].programs);
		length = scenario_words(text, all.words[all.count], WORDS_MAX);
		CHECK_EQ(program_set_decode(&set, all.words[all.count], length), 0);
		if (set.cpus <= threads_max) {
			all.programs[all.count].programs = all.words[all.count];
			all.programs[all.count].programs_len = length;
			all.line[all.count] = &lines[i];
			all.end[all.count++] = lines + count;
		}
		program_set_free(&set);
	}
}

/* What the formulas of scenario @i say; a check is not the machine's. */
static uint32_t kinds_said(uint32_t i, uint64_t patches)
{
	uint32_t kinds = 0;

	/* Every create sleeps under the spinlock, and gets no further. */
	if (patches & PATCH_ROW(04) && !(patches & PATCH_ROW(03)))
		return 1u << FAULT_SLEEP_IN_ATOMIC;
	for (const struct scenario_line *line = all.line[i] + 1; line < all.end[i] && !line->name;
	     line++) {
		const char *formula = line->formula;

		if (line->fault != FAULT_CHECK_FAILED && read_either(&formula, patches))
			kinds |= 1u << line->fault;
	}
	return kinds;
}

/* Returns whether every scenario is as its formulas say under @patches, called @name. */
static bool is_as_said(const char *name, uint64_t patches)
{
	static struct matrix_cell cells[SCENARIOS_MAX];
	struct matrix_input input = {.scenarios = all.programs,
				     .scenario_count = all.count,
				     .masks = &patches,
				     .mask_count = 1};
	bool as_said = true;

	CHECK_EQ(explore_matrix(&input, cells), 0);
	for (uint32_t i = 0; i < all.count; i++) {
		uint32_t said = kinds_said(i, patches);

		if (cells[i].exhausted && cells[i].fault_kinds == said)
			continue;
		printf("  %s under %s: %#x, its formulas say %#x\n", all.line[i]->name, name,
		       cells[i].fault_kinds, said);
		as_said = false;
	}
	return as_said;
}

/* Whether @row can be taken out of @patches, or put in: then what it needs has to be there. */
static bool can_change(uint64_t patches, uint32_t row)
{
	const char *needs = patch_table[row].needs;

	return patches & PATCH_ROW_AT(row) || !*needs || read_either(&needs, patches);
}

/* Sets of which each is asked again with every single row changed: together they meet each turn. */
static const struct {
	const char *name;
	uint64_t patches;
} changed[] = {
	{"today", PATCHES_TODAY},	  {"all", PATCHES_ALL},	      {"2.6.36", PATCHES_2_6_36},
	{"2.6.18", PATCHES_2_6_18},	  {"2.6.17", PATCHES_2_6_17}, {"none", PATCHES_NONE},
	{"all,-02", PATCHES_WITHOUT(02)},
};

static bool every_set_is_as_said(void)
{
	for (uint32_t i = 0; i < set_count; i++)
		if (!is_as_said(set_table[i].name, set_table[i].rows))
			return false;
	for (size_t i = 0; i < sizeof(changed) / sizeof(changed[0]); i++)
		for (uint32_t row = 0; row < PATCH_COUNT; row++) {
			char name[64];

			snprintf(name, sizeof(name), "%s with %s changed", changed[i].name,
				 patch_table[row].no);
			if (can_change(changed[i].patches, row) &&
			    !is_as_said(name, changed[i].patches ^ PATCH_ROW_AT(row)))
				return false;
		}
	return true;
}

/* The first set that is not as it should be ends it: what is planted is seen early. */
static void each_turn(void)
{
	add_scenarios(scenario_table, scenario_line_count, 2);
	add_scenarios(history_scenario_table, history_scenario_line_count, 3);
	CHECK(every_set_is_as_said());
}

static const struct test tests[] = {
	{"formulas are read", formulas_are_read},
	{"each turn is what the formulas say", each_turn},
};
TESTS(tests)
