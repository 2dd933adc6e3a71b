/* SPDX-License-Identifier: MIT */
#include "litmus.h"

#include <stdio.h>
#include <string.h>

static const char places[] = "xyzw";
static const char *const order_name[] = {
	[ORDER_NONE] = ".na",	  [ORDER_RELAXED] = "",	   [ORDER_ACQUIRE] = ".acq",
	[ORDER_RELEASE] = ".rel", [ORDER_ACQ_REL] = ".ar", [ORDER_SEQ_CST] = ".sc"};

static bool parse_order(const char *s, size_t length, enum word_order *order)
{
	for (uint32_t o = 0; o < sizeof(order_name) / sizeof(*order_name); o++) {
		if (strlen(order_name[o]) != length || strncmp(order_name[o], s, length))
			continue;
		*order = (enum word_order)o;
		return true;
	}
	*order = ORDER_RELAXED;
	return length == 4 && !strncmp(s, ".rlx", length);
}

static bool parse_digit(char c, uint8_t *digit)
{
	*digit = (uint8_t)(c - '0');
	return c >= '0' && c <= '9';
}

/* One operation, a word of @length. */
static bool parse_op(const char *s, size_t length, struct litmus_op *op)
{
	const char *end = s + length, *place;

	*op = (struct litmus_op){.kind = *s++};
	if (!strchr("WRAXCF", op->kind))
		return false;
	if (op->kind != 'F') {
		place = s < end ? strchr(places, *s++) : NULL;
		if (!place)
			return false;
		op->place = (uint8_t)(place - places);
	}
	if (op->kind == 'W' && s < end && *s == 'r') {
		op->forwards = true;
		s++;
	} else if (op->kind != 'F' && op->kind != 'R') {
		if (s == end || !parse_digit(*s++, &op->value))
			return false;
	}
	if (op->kind == 'C' && (s == end || !parse_digit(*s++, &op->swap)))
		return false;
	return parse_order(s, (size_t)(end - s), &op->order);
}

bool litmus_parse(const char *text, struct litmus *l)
{
	*l = (struct litmus){.threads = 1};
	for (const char *s = text; *s;) {
		size_t length = strcspn(s, " |");
		uint32_t t = l->threads - 1;
		struct litmus_op *op = &l->op[t][l->length[t]];

		if (*s == '|' && ++l->threads > LITMUS_THREADS)
			return false;
		if (!length) {
			s++;
			continue;
		}
		if (l->length[t]++ == LITMUS_OPS || !parse_op(s, length, op))
			return false;
		if (op->kind != 'F' && op->place >= l->places)
			l->places = op->place + 1u;
		l->registers += litmus_reads(op);
		s += length;
	}
	return true;
}

size_t litmus_print_op(const struct litmus_op *op, char *text, size_t bytes)
{
	char value[4] = "";

	if (op->forwards)
		snprintf(value, sizeof(value), "r");
	else if (op->kind == 'C')
		snprintf(value, sizeof(value), "%u%u", op->value % 10u, op->swap % 10u);
	else if (op->kind != 'R')
		snprintf(value, sizeof(value), "%u", op->value % 10u);
	if (op->kind == 'F')
		return (size_t)snprintf(text, bytes, "F%s", order_name[op->order]);
	return (size_t)snprintf(text, bytes, "%c%c%s%s", op->kind, places[op->place], value,
				order_name[op->order]);
}

void litmus_print(const struct litmus *l, char *text)
{
	size_t at = 0;

	text[0] = '\0';
	for (uint32_t t = 0; t < l->threads; t++) {
		if (t)
			at += (size_t)snprintf(text + at, LITMUS_TEXT - at, " | ");
		for (uint32_t i = 0; i < l->length[t]; i++) {
			if (i)
				text[at++] = ' ';
			at += litmus_print_op(&l->op[t][i], text + at, LITMUS_TEXT - at);
		}
	}
}

/* Where @outcome is in @set, or belongs. */
static uint32_t find(const struct outcomes *set, uint64_t outcome)
{
	uint32_t low = 0, high = set->count;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (set->outcome[middle] < outcome)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void outcomes_add(struct outcomes *set, uint64_t outcome)
{
	uint32_t at = find(set, outcome);

	if (at < set->count && set->outcome[at] == outcome)
		return;
	if (set->count == OUTCOMES_MAX) {
		set->full = true;
		return;
	}
	memmove(&set->outcome[at + 1], &set->outcome[at],
		sizeof(set->outcome[0]) * (set->count - at));
	set->outcome[at] = outcome;
	set->count++;
}

bool outcomes_are(const struct outcomes *a, const struct outcomes *b)
{
	return a->count == b->count &&
	       !memcmp(a->outcome, b->outcome, sizeof(a->outcome[0]) * a->count);
}

static bool is_like(uint64_t outcome, const char *pattern)
{
	for (size_t i = strlen(pattern); i-- > 0; outcome >>= 4)
		if (pattern[i] != '?' && (outcome & 15) != (uint64_t)(pattern[i] - '0'))
			return false;
	return true;
}

bool outcomes_have(const struct outcomes *set, const char *pattern)
{
	for (uint32_t i = 0; i < set->count; i++)
		if (is_like(set->outcome[i], pattern))
			return true;
	return false;
}
