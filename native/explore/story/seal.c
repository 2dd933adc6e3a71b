/* SPDX-License-Identifier: MIT */
#include "seal.h"

#include <stdlib.h>
#include <string.h>

#include "arrays.h"

#define CRC_BYTES 4
#define OPTION_MAX 255

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

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

void put_byte(struct bytes *b, uint8_t byte)
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

void put_number(struct bytes *b, uint64_t value)
{
	while (value >= 0x80) {
		put_byte(b, (uint8_t)(value | 0x80));
		value >>= 7;
	}
	put_byte(b, (uint8_t)value);
}

uint64_t take_number(struct bytes *b)
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

uint32_t take_small(struct bytes *b)
{
	uint64_t value = take_number(b);

	if (value > UINT32_MAX)
		b->failed = true;
	return (uint32_t)value;
}

size_t take_count(struct bytes *b, size_t each)
{
	uint64_t count = take_number(b);

	if (count > (b->length - b->at) / each) {
		b->failed = true;
		return 0;
	}
	return (size_t)count;
}

void put_deviations(struct bytes *b, const uint32_t *steps, const uint32_t *cpus, size_t count,
		    uint32_t cpus_max)
{
	uint32_t last = 0;

	put_number(b, count);
	for (size_t i = 0; i < count; i++) {
		put_number(b, (uint64_t)(steps[i] - last) * cpus_max + cpus[i]);
		last = steps[i];
	}
}

bool take_deviations(struct bytes *b, uint32_t **steps, uint32_t **cpus, size_t *count,
		     uint32_t cpus_max)
{
	uint64_t step = 0;

	*count = take_count(b, 1);
	*steps = array_new(*count, 1, sizeof(**steps));
	*cpus = array_new(*count, 1, sizeof(**cpus));
	if (!*steps || !*cpus)
		return false;
	for (size_t i = 0; i < *count; i++) {
		uint64_t both = take_number(b);

		step += both / cpus_max;
		if (step > UINT32_MAX || (i && both < cpus_max))
			b->failed = true;
		(*steps)[i] = (uint32_t)step;
		(*cpus)[i] = (uint32_t)(both % cpus_max);
	}
	return true;
}

void put_options(struct bytes *b, const uint32_t *options, size_t count)
{
	size_t some = 0;

	for (size_t i = 0; i < count; i++)
		some += options[i] != 0;
	put_number(b, some);
	for (size_t i = 0; i < count; i++) {
		if (!options[i])
			continue;
		put_number(b, i);
		put_number(b, options[i]);
	}
}

bool take_options(struct bytes *b, uint32_t **options, size_t count)
{
	size_t some = take_count(b, 2), next = 0;

	*options = array_new(count, 1, sizeof(**options));
	if (!*options)
		return false;
	for (size_t i = 0; i < some && !b->failed; i++) {
		uint32_t at = take_small(b), option = take_small(b);

		/* Each stands once, so that two texts never say the same. */
		if (at < next || at >= count || !option || option > OPTION_MAX) {
			b->failed = true;
			break;
		}
		(*options)[at] = option;
		next = at + 1;
	}
	return true;
}

static char *to_text(const char *before, const struct bytes *b)
{
	size_t prefix = strlen(before), at = prefix;
	char *text = malloc(prefix + b->length * 4 / 3 + 4);

	if (!text)
		return NULL;
	memcpy(text, before, prefix);
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

char *seal(const char *prefix, struct bytes *b)
{
	char *text = NULL;

	if (!b->failed) {
		uint32_t crc = crc32(b->data, b->length);

		for (int i = 0; i < CRC_BYTES; i++)
			put_byte(b, (uint8_t)(crc >> 8 * i));
	}
	if (!b->failed)
		text = to_text(prefix, b);
	free(b->data);
	*b = (struct bytes){0};
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

enum seal_state unseal(const char *text, size_t length, struct bytes *b)
{
	uint32_t crc = 0;

	if (!from_text(text, length, b))
		return SEAL_BROKEN;
	if (b->failed)
		return SEAL_NO_MEMORY;
	if (b->length < CRC_BYTES)
		return SEAL_BROKEN;
	b->length -= CRC_BYTES;
	for (int i = 0; i < CRC_BYTES; i++)
		crc |= (uint32_t)b->data[b->length + (size_t)i] << 8 * i;
	return crc == crc32(b->data, b->length) ? SEAL_WHOLE : SEAL_BROKEN;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

const char *seal_trim(const char *text, size_t *length)
{
	while (is_space(*text))
		text++;
	*length = strlen(text);
	while (*length && is_space(text[*length - 1]))
		--*length;
	return text;
}
