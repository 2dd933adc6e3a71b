/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEPTH_MAX 16

static struct {
	char text[1 << 16];
	size_t length;
	uint32_t depth;
	char closes[DEPTH_MAX];
	bool follows; /* a comma comes before what is next */
} out;

static void flush(void)
{
	for (size_t at = 0; at < out.length;) {
		ssize_t wrote = write(STDOUT_FILENO, out.text + at, out.length - at);

		if (wrote < 0 && errno != EINTR)
			break;
		at += wrote > 0 ? (size_t)wrote : 0;
	}
	out.length = 0;
}

static void put(char c)
{
	if (out.length == sizeof(out.text))
		flush();
	out.text[out.length++] = c;
}

static void put_text(const char *text)
{
	while (*text)
		put(*text++);
}

__attribute__((format(printf, 1, 2))) static void put_format(const char *format, ...)
{
	char text[64];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	put_text(text);
}

static void begin(const char *name)
{
	if (out.follows)
		put(',');
	out.follows = true;
	if (name) {
		put('"');
		put_text(name);
		put_text("\":");
	}
}

void json_open(const char *name, char bracket)
{
	begin(name);
	put(bracket);
	out.closes[out.depth++] = bracket == '{' ? '}' : ']';
	out.follows = false;
}

void json_close(void)
{
	put(out.closes[--out.depth]);
	out.follows = true;
	if (out.depth)
		return;
	put('\n');
	out.follows = false;
	flush();
}

/* How many bytes from @text on are one character of UTF-8; 0: they are not. */
static size_t character(const char *text, size_t length)
{
	uint8_t first = (uint8_t)text[0];
	size_t bytes = first < 0x80   ? 1
		       : first < 0xc2 ? 0
		       : first < 0xe0 ? 2
		       : first < 0xf0 ? 3
		       : first < 0xf5 ? 4
				      : 0;

	if (!bytes || bytes > length)
		return 0;
	for (size_t i = 1; i < bytes; i++)
		if (((uint8_t)text[i] & 0xc0) != 0x80)
			return 0;
	/* Neither longer than it has to be, nor half of a pair, nor behind the last. */
	if ((first == 0xe0 && (uint8_t)text[1] < 0xa0) ||
	    (first == 0xed && (uint8_t)text[1] > 0x9f) ||
	    (first == 0xf0 && (uint8_t)text[1] < 0x90) ||
	    (first == 0xf4 && (uint8_t)text[1] > 0x8f))
		return 0;
	return bytes;
}

void json_bytes(const char *name, const char *text, size_t length)
{
	static const char unknown[] = "\xef\xbf\xbd";
	size_t at = 0;

	begin(name);
	put('"');
	while (at < length) {
		size_t bytes = character(text + at, length - at);
		uint8_t c = (uint8_t)text[at];

		if (!bytes) {
			put_text(unknown);
		} else if (c == '"' || c == '\\') {
			put('\\');
			put((char)c);
		} else if (c < 0x20 || c == 0x7f) {
			put_format("\\u%04x", c);
		} else {
			for (size_t i = 0; i < bytes; i++)
				put(text[at + i]);
		}
		at += bytes ? bytes : 1;
	}
	put('"');
}

void json_text(const char *name, const char *text)
{
	json_bytes(name, text, strlen(text));
}

void json_sentence(const char *name, const char *text)
{
	bool place = false;

	json_open(name, '[');
	while (*text) {
		size_t length = strcspn(text, OWN_PLACE);

		if (place) {
			json_open(NULL, '{');
			json_bytes("at", text, length);
			json_close();
		} else if (length) {
			json_bytes(NULL, text, length);
		}
		text += length;
		if (*text) {
			text++;
			place = !place;
		}
	}
	json_close();
}

void json_number(const char *name, uint64_t number)
{
	begin(name);
	put_format("%" PRIu64, number);
}

void json_signed(const char *name, int64_t number)
{
	begin(name);
	put_format("%" PRId64, number);
}

void json_real(const char *name, double number)
{
	begin(name);
	put_format("%.6g", number);
}

void json_bool(const char *name, bool value)
{
	begin(name);
	put_text(value ? "true" : "false");
}

void json_null(const char *name)
{
	begin(name);
	put_text("null");
}

void json_offset(const char *name, uint64_t offset)
{
	begin(name);
	if (offset)
		put_format("\"%" PRIx64 "\"", offset);
	else
		put_text("null");
}
