/* SPDX-License-Identifier: MIT */
/*
 * Functions of the C library that read or write memory of the program where the compiler does not
 * mark it. objcopy has renamed them in the program's objects (native/tables/calls.def): what they
 * touch counts as accesses of the caller, and then the C library does it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "print_args.h"
#include "shadow.h"

/* An access, where @pc is the program's. */
static inline void reads(const void *from, size_t size, uintptr_t pc)
{
	own_plain((uintptr_t)from, (unsigned int)size, OWN_READ, pc);
}

static inline void writes(const void *to, size_t size, uintptr_t pc)
{
	own_plain((uintptr_t)to, (unsigned int)size, OWN_WRITE, pc);
}

/* A copy that races goes by pieces, since others may see it half done. Of how many bytes, then. */
#define PIECES_MAX 64
#define WORD 8

static size_t piece_of(size_t size, uintptr_t pc)
{
	uint32_t offset = offset_of(pc);
	size_t piece = (size / PIECES_MAX + WORD) & ~(size_t)(WORD - 1);

	return own.inside && offset && own.hot[offset] ? piece : size;
}

/* Up to the end of the piece that begins at @at. */
static size_t bytes_from(uintptr_t at, size_t left, size_t piece)
{
	size_t bytes = piece - (piece % WORD ? 0 : at % WORD);

	return bytes < left ? bytes : left;
}

static void copy_piece(char *to, const char *from, size_t bytes, uintptr_t pc)
{
	reads(from, bytes, pc);
	writes(to, bytes, pc);
	memmove(to, from, bytes);
}

static void copy(void *to, const void *from, size_t size, uintptr_t pc)
{
	size_t piece = piece_of(size, pc), done = 0, bytes;

	for (; done < size; done += bytes) {
		bytes = bytes_from((uintptr_t)to + done, size - done, piece);
		copy_piece((char *)to + done, (const char *)from + done, bytes, pc);
	}
}

/* The same from the end, for bytes that move up by less than their number. */
static void copy_down(void *to, const void *from, size_t size, uintptr_t pc)
{
	size_t piece = piece_of(size, pc), bytes;

	for (size_t left = size; left; left -= bytes) {
		bytes = left < piece ? left : piece;
		copy_piece((char *)to + left - bytes, (const char *)from + left - bytes, bytes, pc);
	}
}

static void fill(void *to, int value, size_t size, uintptr_t pc)
{
	size_t piece = piece_of(size, pc), done = 0, bytes;

	for (; done < size; done += bytes) {
		bytes = bytes_from((uintptr_t)to + done, size - done, piece);
		writes((char *)to + done, bytes, pc);
		memset((char *)to + done, value, bytes);
	}
}

static void reads_text(const char *text, uintptr_t pc)
{
	reads(text, strlen(text) + 1, pc);
}

/* Up to @most bytes of it. */
static void reads_some(const char *text, size_t most, uintptr_t pc)
{
	size_t length = strnlen(text, most);

	reads(text, length < most ? length + 1 : most, pc);
}

/* Two texts, as far as a comparison of up to @most characters looks at them. */
static void reads_both(const char *a, const char *b, size_t most, uintptr_t pc)
{
	size_t same = 0;

	while (same < most && a[same] == b[same] && a[same])
		same++;
	same = same < most ? same + 1 : most;
	reads(a, same, pc);
	reads(b, same, pc);
}

#define CALL(type, name, ...)                                                                      \
	OWN_EXPORT type own_##name(__VA_ARGS__);                                                   \
	type own_##name(__VA_ARGS__)

CALL(void *, memcpy, void *to, const void *from, size_t size)
{
	copy(to, from, size, OWN_PC());
	return to;
}

CALL(void *, mempcpy, void *to, const void *from, size_t size)
{
	copy(to, from, size, OWN_PC());
	return (char *)to + size;
}

CALL(void *, memmove, void *to, const void *from, size_t size)
{
	if ((uintptr_t)to - (uintptr_t)from < size)
		copy_down(to, from, size, OWN_PC());
	else
		copy(to, from, size, OWN_PC());
	return to;
}

CALL(void *, memset, void *to, int value, size_t size)
{
	fill(to, value, size, OWN_PC());
	return to;
}

CALL(void, bzero, void *to, size_t size)
{
	fill(to, 0, size, OWN_PC());
}

CALL(void, explicit_bzero, void *to, size_t size)
{
	fill(to, 0, size, OWN_PC());
}

/* As clang spells them in some programs. */
OWN_EXPORT void *__tsan_memcpy(void *to, const void *from, size_t size)
	__attribute__((alias("own_memcpy")));
OWN_EXPORT void *__tsan_memmove(void *to, const void *from, size_t size)
	__attribute__((alias("own_memmove")));
OWN_EXPORT void *__tsan_memset(void *to, int value, size_t size)
	__attribute__((alias("own_memset")));

CALL(int, memcmp, const void *a, const void *b, size_t size)
{
	reads(a, size, OWN_PC());
	reads(b, size, OWN_PC());
	return memcmp(a, b, size);
}

CALL(void *, memchr, const void *in, int byte, size_t size)
{
	const char *found = memchr(in, byte, size);

	reads(in, found ? (size_t)(found - (const char *)in) + 1 : size, OWN_PC());
	return memchr(in, byte, size);
}

CALL(size_t, strlen, const char *text)
{
	reads_text(text, OWN_PC());
	return strlen(text);
}

CALL(size_t, strnlen, const char *text, size_t most)
{
	reads_some(text, most, OWN_PC());
	return strnlen(text, most);
}

CALL(char *, strcpy, char *to, const char *from)
{
	copy(to, from, strlen(from) + 1, OWN_PC());
	return to;
}

CALL(char *, stpcpy, char *to, const char *from)
{
	size_t length = strlen(from);

	copy(to, from, length + 1, OWN_PC());
	return to + length;
}

CALL(char *, strncpy, char *to, const char *from, size_t size)
{
	reads_some(from, size, OWN_PC());
	writes(to, size, OWN_PC());
	return strncpy(to, from, size);
}

CALL(char *, strcat, char *to, const char *from)
{
	reads_text(to, OWN_PC());
	reads_text(from, OWN_PC());
	writes(to + strlen(to), strlen(from) + 1, OWN_PC());
	memcpy(to + strlen(to), from, strlen(from) + 1);
	return to;
}

CALL(char *, strncat, char *to, const char *from, size_t size)
{
	reads_text(to, OWN_PC());
	reads_some(from, size, OWN_PC());
	writes(to + strlen(to), strnlen(from, size) + 1, OWN_PC());
	return strncat(to, from, size);
}

CALL(int, strcmp, const char *a, const char *b)
{
	reads_both(a, b, SIZE_MAX, OWN_PC());
	return strcmp(a, b);
}

CALL(int, strncmp, const char *a, const char *b, size_t size)
{
	reads_both(a, b, size, OWN_PC());
	return strncmp(a, b, size);
}

CALL(char *, strchr, const char *text, int character)
{
	reads_text(text, OWN_PC());
	return strchr(text, character);
}

CALL(char *, strrchr, const char *text, int character)
{
	reads_text(text, OWN_PC());
	return strrchr(text, character);
}

CALL(char *, strstr, const char *text, const char *part)
{
	reads_text(text, OWN_PC());
	reads_text(part, OWN_PC());
	return strstr(text, part);
}

/* A copy of @length characters of @text on the program's heap. */
static char *copy_text(const char *text, size_t length, uintptr_t pc)
{
	char *made = own_take(length + 1, 1, pc, 0);

	writes(made, length + 1, pc);
	memcpy(made, text, length);
	return made;
}

CALL(char *, strdup, const char *text)
{
	reads_text(text, OWN_PC());
	return copy_text(text, strlen(text), OWN_PC());
}

CALL(char *, strndup, const char *text, size_t most)
{
	reads_some(text, most, OWN_PC());
	return copy_text(text, strnlen(text, most), OWN_PC());
}

CALL(wchar_t *, wcscpy, wchar_t *to, const wchar_t *from)
{
	size_t size = (wcslen(from) + 1) * sizeof(*from);

	reads(from, size, OWN_PC());
	writes(to, size, OWN_PC());
	return wcscpy(to, from);
}

CALL(size_t, wcslen, const wchar_t *text)
{
	reads(text, (wcslen(text) + 1) * sizeof(*text), OWN_PC());
	return wcslen(text);
}

/* --- text into memory: what is written is known when it was made --- */

static int print_to(char *to, size_t size, uintptr_t pc, const char *format, va_list values)
{
	va_list again;
	int length;

	va_copy(again, values);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	own_reads_arguments(format, values, pc);
	if (length < 0 || !size)
		return length;
	writes(to, (size_t)length < size ? (size_t)length + 1 : size, pc);
	return vsnprintf(to, size, format, values);
}

CALL(int, vsnprintf, char *to, size_t size, const char *format, va_list values)
{
	return print_to(to, size, OWN_PC(), format, values);
}

CALL(int, vsprintf, char *to, const char *format, va_list values)
{
	return print_to(to, SIZE_MAX, OWN_PC(), format, values);
}

CALL(int, snprintf, char *to, size_t size, const char *format, ...)
{
	va_list values;
	int length;

	va_start(values, format);
	length = print_to(to, size, OWN_PC(), format, values);
	va_end(values);
	return length;
}

CALL(int, sprintf, char *to, const char *format, ...)
{
	va_list values;
	int length;

	va_start(values, format);
	length = print_to(to, SIZE_MAX, OWN_PC(), format, values);
	va_end(values);
	return length;
}

static int print_new(char **made, uintptr_t pc, const char *format, va_list values)
{
	va_list again;
	int length;

	va_copy(again, values);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0)
		return length;
	*made = own_take((size_t)length + 1, 1, pc, 0);
	return print_to(*made, (size_t)length + 1, pc, format, values);
}

CALL(int, vasprintf, char **made, const char *format, va_list values)
{
	return print_new(made, OWN_PC(), format, values);
}

CALL(int, asprintf, char **made, const char *format, ...)
{
	va_list values;
	int length;

	va_start(values, format);
	length = print_new(made, OWN_PC(), format, values);
	va_end(values);
	return length;
}
