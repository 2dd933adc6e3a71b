/* SPDX-License-Identifier: MIT */
/*
 * Output of the program. It is formatted, since that reads memory and returns a length, and dropped
 * while exploring; a replay keeps it for the story. Streams in memory are the program's own.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "print_args.h"
#include "shadow.h"

#define LINE_MAX_BYTES 4096

static bool is_output(const FILE *stream)
{
	return stream == stdout || stream == stderr;
}

static void say(const FILE *stream, const char *text, size_t length, uintptr_t pc)
{
	if (!own.inside || !length)
		return;
	if (own.telling)
		own_printed(text, length);
	if (stream == stdout)
		own_print_outcomes(text, length, pc);
}

static int say_formatted(const FILE *stream, const char *format, va_list values, uintptr_t pc)
{
	char text[LINE_MAX_BYTES];
	int length;

	own_reads_arguments(format, values, pc);
	length = vsnprintf(text, sizeof(text), format, values);
	if (length > 0)
		say(stream, text, (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1,
		    pc);
	return length;
}

#define CALL(type, name, ...)                                                                      \
	OWN_EXPORT type own_##name(__VA_ARGS__);                                                   \
	type own_##name(__VA_ARGS__)

CALL(int, vprintf, const char *format, va_list values)
{
	return say_formatted(stdout, format, values, OWN_PC());
}

static int print_to(FILE *stream, const char *format, va_list values, uintptr_t pc)
{
	if (is_output(stream))
		return say_formatted(stream, format, values, pc);
	own_reads_arguments(format, values, pc);
	return vfprintf(stream, format, values);
}

static int print_to_file(int file, const char *format, va_list values, uintptr_t pc)
{
	if (file == STDOUT_FILENO || file == STDERR_FILENO)
		return say_formatted(file == STDOUT_FILENO ? stdout : stderr, format, values, pc);
	errno = EBADF;
	return -1;
}

CALL(int, vfprintf, FILE *stream, const char *format, va_list values)
{
	return print_to(stream, format, values, OWN_PC());
}

CALL(int, vdprintf, int file, const char *format, va_list values)
{
	return print_to_file(file, format, values, OWN_PC());
}

CALL(int, printf, const char *format, ...)
{
	va_list values;
	int length;

	va_start(values, format);
	length = say_formatted(stdout, format, values, OWN_PC());
	va_end(values);
	return length;
}

CALL(int, fprintf, FILE *stream, const char *format, ...)
{
	va_list values;
	int length;

	va_start(values, format);
	length = print_to(stream, format, values, OWN_PC());
	va_end(values);
	return length;
}

CALL(int, dprintf, int file, const char *format, ...)
{
	va_list values;
	int length;

	va_start(values, format);
	length = print_to_file(file, format, values, OWN_PC());
	va_end(values);
	return length;
}

CALL(int, puts, const char *text)
{
	own_plain((uintptr_t)text, (unsigned int)strlen(text) + 1, OWN_READ, OWN_PC());
	say(stdout, text, strlen(text), OWN_PC());
	say(stdout, "\n", 1, OWN_PC());
	return 1;
}

CALL(int, fputs, const char *text, FILE *stream)
{
	own_plain((uintptr_t)text, (unsigned int)strlen(text) + 1, OWN_READ, OWN_PC());
	if (!is_output(stream))
		return fputs(text, stream);
	say(stream, text, strlen(text), OWN_PC());
	return 1;
}

CALL(int, fputs_unlocked, const char *text, FILE *stream)
{
	return own_fputs(text, stream);
}

CALL(int, fputc, int character, FILE *stream)
{
	char text = (char)character;

	if (!is_output(stream))
		return fputc(character, stream);
	say(stream, &text, 1, OWN_PC());
	return (unsigned char)character;
}

CALL(int, putc, int character, FILE *stream)
{
	return own_fputc(character, stream);
}

CALL(int, putc_unlocked, int character, FILE *stream)
{
	return own_fputc(character, stream);
}

CALL(int, putchar, int character)
{
	return own_fputc(character, stdout);
}

CALL(int, putchar_unlocked, int character)
{
	return own_fputc(character, stdout);
}

CALL(size_t, fwrite, const void *from, size_t size, size_t count, FILE *stream)
{
	size_t bytes;

	if (__builtin_mul_overflow(size, count, &bytes) || !bytes)
		return 0;
	own_plain((uintptr_t)from, (unsigned int)bytes, OWN_READ, OWN_PC());
	if (!is_output(stream))
		return fwrite(from, size, count, stream);
	say(stream, from, bytes, OWN_PC());
	return count;
}

CALL(size_t, fwrite_unlocked, const void *from, size_t size, size_t count, FILE *stream)
{
	return own_fwrite(from, size, count, stream);
}

CALL(int, fflush, FILE *stream)
{
	return !stream || is_output(stream) ? 0 : fflush(stream);
}

CALL(void, perror, const char *text)
{
	char line[LINE_MAX_BYTES];
	int length = snprintf(line, sizeof(line), "%s%s%s\n", text ? text : "",
			      text && *text ? ": " : "", strerror(errno));

	say(stderr, line, (size_t)length < sizeof(line) ? (size_t)length : sizeof(line) - 1,
	    OWN_PC());
}
