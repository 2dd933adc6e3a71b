/* SPDX-License-Identifier: MIT */
#include "scenarios.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 256

const struct scenario scenarios[] = {
	{"create-find", "cpu1: create 0 ; cpu2: find 0"},
	{"create-get", "cpu1: create 0 ; cpu2: get 0, put 0"},
	{"remove-find", "before: create 0 ; cpu1: remove 0 ; cpu2: find 0"},
	{"clash-find", "before: create 1 as 0 ; cpu1: create 0 ; cpu2: find 0"},
	{"remove-get", "before: create 0 ; cpu1: remove 0 ; cpu2: get 0, put 0"},
	{"remove-open", "before: create 0 ; cpu1: remove 0 ; cpu2: open 0, io 0, close 0"},
	{"create-create", "cpu1: create 0 ; cpu2: create 0"},
	{"create-uevent", "cpu1: create 0 ; cpu2: uevent 0"},
	{"create-unload", "cpu1: create 0 ; cpu2: unload"},
	{"get-unload", "before: create 0 ; cpu1: get 0, put 0 ; cpu2: unload"},
	{"remove-find-open",
	 "before: create 0 ; cpu1: remove 0 ; cpu2: find 0 ; cpu3: open 0, close 0"},
	{"open-open-remove",
	 "before: create 0 ; cpu1: open 0, close 0 ; cpu2: open 0, close 0 ; cpu3: remove 0"},
	{"open-remove-unload",
	 "before: create 0 ; cpu1: open 0, io 0, close 0 ; cpu2: remove 0 ; cpu3: unload"},
	{"create-find-uevent", "cpu1: create 0 ; cpu2: find 0 ; cpu3: uevent 0"},
	{"recycle-get-uevent", "before: create 0 as 7, create 1 as 0 ; cpu1: remove 7, create 0 ; "
			       "cpu2: get 0, put 0 ; cpu3: uevent 0"},
	{"remove-find-open-get", "before: create 0 ; cpu1: remove 0 ; cpu2: find 0 ; "
				 "cpu3: open 0, close 0 ; cpu4: get 0, put 0"},
	{"create-find-uevent-remove",
	 "cpu1: create 0 ; cpu2: find 0 ; cpu3: uevent 0 ; cpu4: remove 0"},
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

struct program_set scenario_named(const char *name)
{
	struct program_set set;
	uint32_t words[WORDS_MAX];

	for (uint32_t i = 0; i < scenario_count; i++) {
		if (strcmp(scenarios[i].name, name))
			continue;
		if (program_set_decode(&set, words,
				       scenario_words(scenarios[i].programs, words, WORDS_MAX)))
			break;
		return set;
	}
	fprintf(stderr, "no scenario \"%s\"\n", name);
	abort();
}
