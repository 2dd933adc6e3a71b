/* SPDX-License-Identifier: MIT */
#include "scenarios.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 256

const struct scenario scenarios[] = {
#define SCENARIO(name, says, programs) {name, programs},
#define EXPECT(fault, formula)
#include "scenarios.def"
#undef SCENARIO
#undef EXPECT
};
const uint32_t scenario_count = sizeof(scenarios) / sizeof(scenarios[0]);

static uint32_t op_named(const char *name)
{
	for (uint32_t op = 0; op < OP_COUNT; op++)
		if (!strcmp(op_table[op].slug, name))
			return op;
	fprintf(stderr, "no operation \"%s\"\n", name);
	abort();
}

/* One program: its length, then its operations. */
static size_t encode_one(char *text, uint32_t *words)
{
	uint32_t count = 0;
	size_t at = 0;
	char *rest = NULL;

	for (char *op = strtok_r(text, ",", &rest); op; op = strtok_r(NULL, ",", &rest)) {
		char name[32];
		uint32_t minor = ANY_MINOR, called;
		int parts = sscanf(op, " %31s %u as %u", name, &minor, &called);

		if (parts < 1)
			abort();
		words[++at] = op_named(name) | minor << 8;
		if (parts == 3) {
			words[at] |= NAME_FOLLOWS;
			words[++at] = called;
		}
		count++;
	}
	words[0] = count;
	return at + 1;
}

size_t scenario_words(const char *text, uint32_t *words, size_t capacity)
{
	char copy[512], *rest = NULL;
	uint32_t part[10][32] = {{0}};
	size_t length[10] = {1, 1}, parts = 2, at = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *one = strtok_r(copy, ";", &rest); one; one = strtok_r(NULL, ";", &rest)) {
		char *colon = strchr(one, ':');
		size_t to = strstr(one, "before") ? 0 : strstr(one, "after") ? 1 : parts;

		if (!colon)
			abort();
		length[to] = encode_one(colon + 1, part[to]);
		if (to == parts)
			parts++;
	}
	for (size_t i = 0; i < parts; i++) {
		if (at + length[i] > capacity)
			abort();
		memcpy(words + at, part[i], length[i] * sizeof(*words));
		at += length[i];
	}
	return at;
}

const struct scenario *scenario_find(const char *name)
{
	for (uint32_t i = 0; i < scenario_count; i++)
		if (!strcmp(scenarios[i].name, name))
			return &scenarios[i];
	fprintf(stderr, "no scenario \"%s\"\n", name);
	abort();
}

struct program_set scenario_named(const char *name)
{
	struct program_set set;
	uint32_t words[WORDS_MAX];
	size_t count = scenario_words(scenario_find(name)->programs, words, WORDS_MAX);

	if (program_set_decode(&set, words, count))
		abort();
	return set;
}
