/* SPDX-License-Identifier: MIT */
#include "ticket.h"

#include <stdlib.h>
#include <string.h>

#include "arrays.h"
#include "engine.h"

#define CRC_BYTES 4
#define OP_BITS 8
#define MINOR_MASK 0xffffffu
#define CPUS_MAX 9
_Static_assert(CPUS_MAX == PROGRAM_CPUS_MAX + 1, "a step and a CPU travel as one number");
#define ROWS_MAX 64 /* as many patches as a set holds */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

struct bytes {
	uint8_t *data;
	size_t length, capacity, at;
	bool failed; /* no memory; or read past the end */
};

static uint32_t crc32(const uint8_t *data, size_t length)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < length; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static void put_byte(struct bytes *b, uint8_t byte)
{
	if (b->length == b->capacity) {
		size_t capacity = b->capacity * 2 + 64;
		uint8_t *bigger = b->failed ? NULL : realloc(b->data, capacity);

		if (!bigger) {
			b->failed = true;
			return;
		}
		b->data = bigger;
		b->capacity = capacity;
	}
	b->data[b->length++] = byte;
}

static void put_number(struct bytes *b, uint64_t value)
{
	while (value >= 0x80) {
		put_byte(b, (uint8_t)(value | 0x80));
		value >>= 7;
	}
	put_byte(b, (uint8_t)value);
}

static uint64_t take_number(struct bytes *b)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; shift < 64; shift += 7) {
		if (b->at == b->length)
			break;
		value |= (uint64_t)(b->data[b->at] & 0x7f) << shift;
		if (!(b->data[b->at++] & 0x80))
			return value;
	}
	b->failed = true;
	return 0;
}

/* A number that fits in 32 bits. */
static uint32_t take_small(struct bytes *b)
{
	uint64_t value = take_number(b);

	if (value > UINT32_MAX)
		b->failed = true;
	return (uint32_t)value;
}

/* A count of things that take at least @each bytes each. */
static size_t take_count(struct bytes *b, size_t each)
{
	uint64_t count = take_number(b);

	if (count > (b->length - b->at) / each) {
		b->failed = true;
		return 0;
	}
	return (size_t)count;
}

/* A program word has its minor in the upper bits, most often all of them set: turn it round. */
static uint64_t fold_word(uint32_t word)
{
	return (uint64_t)(word & 0xff) | (uint64_t)(((word >> OP_BITS) + 1) & MINOR_MASK)
						 << OP_BITS;
}

static uint32_t unfold_word(uint32_t word)
{
	return (word & 0xff) | (((word >> OP_BITS) - 1) & MINOR_MASK) << OP_BITS;
}

static uint32_t rows_from(uint64_t mask, uint32_t row, bool on)
{
	uint32_t count = 0;

	while (row + count < ROWS_MAX && (mask >> (row + count) & 1) == on)
		count++;
	return count;
}

static void put_rows(struct bytes *b, uint64_t mask)
{
	uint32_t ranges = (uint32_t)__builtin_popcountll(mask & ~(mask << 1)), row = 0;

	put_number(b, ranges);
	while (ranges--) {
		uint32_t off = rows_from(mask, row, false);
		uint32_t on = rows_from(mask, row + off, true);

		put_number(b, off);
		put_number(b, on);
		row += off + on;
	}
}

/* *@unknown: there are rows that no set holds. */
static uint64_t take_rows(struct bytes *b, bool *unknown)
{
	size_t ranges = take_count(b, 2);
	uint64_t row = 0;
	uint64_t mask = 0;

	for (size_t i = 0; i < ranges && !b->failed; i++) {
		uint32_t off = take_small(b), on = take_small(b);

		row += off;
		if (!on || (i && !off))
			b->failed = true;
		if (row + on > ROWS_MAX)
			*unknown = true;
		else
			mask |= UINT64_MAX >> (ROWS_MAX - on) << row;
		row += on;
	}
	return mask;
}

static char *to_text(const struct bytes *b)
{
	size_t prefix = strlen(TICKET_PREFIX), at = prefix;
	char *text = malloc(prefix + b->length * 4 / 3 + 4);

	if (!text)
		return NULL;
	memcpy(text, TICKET_PREFIX, prefix);
	for (size_t i = 0; i < b->length; i += 3) {
		size_t left = b->length - i;
		uint32_t three = (uint32_t)b->data[i] << 16;

		if (left > 1)
			three |= (uint32_t)b->data[i + 1] << 8;
		if (left > 2)
			three |= b->data[i + 2];
		for (size_t k = 0; k < (left > 2 ? 4 : left + 1); k++)
			text[at++] = digits[three >> (18 - 6 * k) & 63];
	}
	text[at] = '\0';
	return text;
}

char *ticket_encode(const struct ticket *ticket)
{
	struct bytes b = {0};
	uint32_t last = 0, crc;
	char *text = NULL;

	put_number(&b, TICKET_VERSION);
	put_rows(&b, ticket->patches);
	put_number(&b, ticket->lock);
	put_number(&b, ticket->run_on);
	put_number(&b, ticket->fault == TICKET_NO_FAULT ? 0 : (uint64_t)ticket->fault + 1);
	put_number(&b, ticket->site);
	put_number(&b, ticket->word_count);
	for (size_t i = 0; i < ticket->word_count; i++)
		put_number(&b, fold_word(ticket->words[i]));
	put_number(&b, ticket->deviation_count);
	for (size_t i = 0; i < ticket->deviation_count; i++) {
		put_number(&b, (uint64_t)(ticket->steps[i] - last) * CPUS_MAX + ticket->cpus[i]);
		last = ticket->steps[i];
	}
	if (!b.failed) {
		crc = crc32(b.data, b.length);
		for (int i = 0; i < CRC_BYTES; i++)
			put_byte(&b, (uint8_t)(crc >> 8 * i));
	}
	if (!b.failed)
		text = to_text(&b);
	free(b.data);
	return text;
}

/* Decode @length characters. Returns false when they are not base64url. */
static bool from_text(const char *text, size_t length, struct bytes *b)
{
	uint32_t bits = 0, held = 0;

	if (length % 4 == 1)
		return false;
	for (size_t i = 0; i < length; i++) {
		const char *digit = memchr(digits, text[i], sizeof(digits) - 1);

		if (!digit)
			return false;
		bits = bits << 6 | (uint32_t)(digit - digits);
		held += 6;
		if (held >= 8) {
			held -= 8;
			put_byte(b, (uint8_t)(bits >> held));
			bits &= (1u << held) - 1;
		}
	}
	/* What is left of the last digit is zero in what was encoded. */
	return !bits;
}

static bool take_lists(struct bytes *b, struct ticket *ticket)
{
	uint64_t step = 0;

	ticket->word_count = take_count(b, 1);
	ticket->words = array_new(ticket->word_count, 1, sizeof(*ticket->words));
	for (size_t i = 0; ticket->words && i < ticket->word_count; i++)
		ticket->words[i] = unfold_word(take_small(b));
	ticket->deviation_count = take_count(b, 1);
	ticket->steps = array_new(ticket->deviation_count, 1, sizeof(*ticket->steps));
	ticket->cpus = array_new(ticket->deviation_count, 1, sizeof(*ticket->cpus));
	if (!ticket->words || !ticket->steps || !ticket->cpus)
		return false;
	for (size_t i = 0; i < ticket->deviation_count; i++) {
		uint64_t both = take_number(b);

		step += both / CPUS_MAX;
		if (step > UINT32_MAX || (i && both < CPUS_MAX))
			b->failed = true;
		ticket->steps[i] = (uint32_t)step;
		ticket->cpus[i] = (uint32_t)(both % CPUS_MAX);
	}
	return true;
}

static enum ticket_error take_all(struct bytes *b, uint32_t version, struct ticket *ticket)
{
	uint32_t crc = 0, fault, run_on;
	bool unknown = false;

	if (b->failed)
		return TICKET_NO_MEMORY;
	if (b->length < CRC_BYTES)
		return TICKET_DAMAGED;
	b->length -= CRC_BYTES;
	for (int i = 0; i < CRC_BYTES; i++)
		crc |= (uint32_t)b->data[b->length + (size_t)i] << 8 * i;
	if (crc != crc32(b->data, b->length))
		return TICKET_DAMAGED;
	ticket->version = take_small(b);
	if (b->failed)
		return TICKET_MEANINGLESS;
	/* What stands before the text says the same. */
	if (ticket->version != version)
		return ticket->version < version ? TICKET_OLDER : TICKET_NEWER;
	ticket->patches = version == 1 ? take_small(b) : take_rows(b, &unknown);
	ticket->lock = take_small(b);
	run_on = take_small(b);
	ticket->run_on = run_on != 0;
	fault = take_small(b);
	ticket->fault = fault ? fault - 1 : TICKET_NO_FAULT;
	ticket->site = version == 1 ? 0 : take_small(b);
	if (!take_lists(b, ticket))
		return TICKET_NO_MEMORY;
	if (b->failed || b->at != b->length || run_on > 1)
		return TICKET_MEANINGLESS;
	return unknown ? TICKET_NEWER : TICKET_FINE;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

enum ticket_error ticket_decode(const char *text, struct ticket *ticket)
{
	size_t prefix = strlen(TICKET_PREFIX), length;
	enum ticket_error error = TICKET_DAMAGED;
	struct bytes b = {0};
	uint32_t version;

	*ticket = (struct ticket){0};
	while (is_space(*text))
		text++;
	length = strlen(text);
	while (length && is_space(text[length - 1]))
		length--;
	if (length < prefix || memcmp(text, "dmt", 3) || text[3] < '0' || text[3] > '9' ||
	    text[4] != '.')
		return TICKET_FOREIGN;
	version = (uint32_t)(text[3] - '0');
	if (version < TICKET_VERSION_OLDEST || version > TICKET_VERSION)
		return version < TICKET_VERSION_OLDEST ? TICKET_OLDER : TICKET_NEWER;
	if (from_text(text + prefix, length - prefix, &b))
		error = take_all(&b, version, ticket);
	free(b.data);
	if (error != TICKET_FINE)
		ticket_free(ticket);
	return error;
}

void ticket_free(struct ticket *ticket)
{
	free(ticket->words);
	free(ticket->steps);
	free(ticket->cpus);
	*ticket = (struct ticket){0};
}

const char *ticket_error_text(enum ticket_error error)
{
	static const char *const text[] = {
		[TICKET_FINE] = "the ticket is fine",
		[TICKET_FOREIGN] = ("this is no ticket: one begins with " TICKET_PREFIX),
		[TICKET_DAMAGED] = "the ticket is damaged: a character is wrong or missing",
		[TICKET_OLDER] = "the ticket is of an older version, which is no longer read",
		[TICKET_NEWER] = ("the ticket is of a newer version of dmtorture, or names "
				  "a patch that this version does not know"),
		[TICKET_MEANINGLESS] = "the ticket is intact but says something impossible",
		[TICKET_NO_MEMORY] = "no memory to read the ticket",
	};

	return text[error];
}
