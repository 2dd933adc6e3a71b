/* SPDX-License-Identifier: MIT */
/*
 * Outcomes that a program prints: a line of nothing but `name=value`, between blanks or commas, is
 * what record() would have been called with. Values are whole numbers. A thread's line is its own,
 * whatever others print in between.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "state.h"

#define LINE_MAX_BYTES 256
#define BETWEEN " \t\r,"

static struct {
	uint32_t execution, length;
	uintptr_t pc; /* of the call that printed the last of it */
	char text[LINE_MAX_BYTES + 1];
} lines[OWN_THREADS];

/* Whether @word is `name=value`. */
static bool is_pair(char *word, char **value, long long *number)
{
	char *end;
	int was = errno;
	bool whole;

	*value = strchr(word, '=');
	if (!*value || *value == word || !(*value)[1] || strchr(*value + 1, '='))
		return false;
	errno = 0;
	*number = strtoll(*value + 1, &end, 10);
	whole = !errno && !*end;
	errno = was;
	return whole;
}

/* Go through the pairs of @line, which is changed. Returns whether there is nothing else in it. */
static bool look(char *line, bool records, uintptr_t pc)
{
	char *place, *value, *word = strtok_r(line, BETWEEN, &place);
	long long number;

	for (; word; word = strtok_r(NULL, BETWEEN, &place)) {
		if (!is_pair(word, &value, &number))
			return false;
		if (!records)
			continue;
		*value = 0;
		own_record(word, number, pc);
	}
	return true;
}

static void take_line(const char *text, uintptr_t pc)
{
	size_t bytes = strlen(text) + 1;
	char line[LINE_MAX_BYTES + 1];

	memcpy(line, text, bytes);
	if (!look(line, false, pc))
		return;
	memcpy(line, text, bytes);
	look(line, true, pc);
}

void own_print_outcomes(const char *text, size_t length, uintptr_t pc)
{
	uint32_t thread = own.current;

	if (lines[thread].execution != own.execution)
		lines[thread].length = 0;
	lines[thread].execution = own.execution;
	lines[thread].pc = pc;
	for (size_t i = 0; i < length; i++) {
		uint32_t at = lines[thread].length;

		if (text[i] != '\n') {
			/* A line that is longer is not one of pairs. */
			if (at < LINE_MAX_BYTES)
				lines[thread].text[at] = text[i] ? text[i] : '?';
			lines[thread].length += at <= LINE_MAX_BYTES;
			continue;
		}
		lines[thread].length = 0;
		if (at > LINE_MAX_BYTES)
			continue;
		lines[thread].text[at] = 0;
		take_line(lines[thread].text, pc);
	}
}

/* The last line of a file needs no end. */
void own_end_lines(void)
{
	for (uint32_t thread = 0; thread < own.count; thread++) {
		uint32_t length = lines[thread].length;

		if (lines[thread].execution != own.execution || !length || length > LINE_MAX_BYTES)
			continue;
		lines[thread].text[length] = 0;
		lines[thread].length = 0;
		take_line(lines[thread].text, lines[thread].pc);
	}
}

uint64_t own_print_state(void)
{
	uint64_t hash = 0;

	for (uint32_t i = 0; i < own.count; i++)
		if (unlikely(lines[i].execution == own.execution && lines[i].length))
			hash += own_hash_bytes(fibers_mix(i, lines[i].length), lines[i].text,
					       lines[i].length <= LINE_MAX_BYTES ? lines[i].length
										 : LINE_MAX_BYTES);
	return hash;
}
