/* SPDX-License-Identifier: MIT */
/* What the host has of its own, for tests of the runtime that run programs without it. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "process.h"

void own_refuse(uintptr_t pc, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fprintf(stderr, "refused at +%" PRIxPTR ": ", pc - own.text_low);
	vfprintf(stderr, format, arguments);
	fprintf(stderr, "\n");
	va_end(arguments);
	_exit(2);
}

void own_died(int signal, uintptr_t pc, bool stack_used_up)
{
	(void)stack_used_up;
	fprintf(stderr, "signal %d at %" PRIxPTR "\n", signal, pc);
	_exit(2);
}

void own_printed(const char *text, size_t length)
{
	(void)text;
	(void)length;
}

uint32_t own_story_at(void)
{
	return 0;
}

void own_tell_change(uint32_t from, uint32_t was, uint32_t now)
{
	(void)from;
	(void)was;
	(void)now;
}

void own_noted(const char *text)
{
	(void)text;
}

void dmtorture_record(const char *name, long long value)
{
	(void)name;
	(void)value;
}

void own_record(const char *name, long long value, uintptr_t pc)
{
	(void)name;
	(void)value;
	(void)pc;
}

void own_look_at_outcome(void)
{
}

void own_read_plainly(uint64_t value)
{
	(void)value;
}
