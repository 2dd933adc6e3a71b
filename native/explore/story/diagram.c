/* SPDX-License-Identifier: MIT */
/* The diagram of the kernel's mails: time runs down, one column a CPU. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

#define TEXT_MAX 512
#define STEP_WIDTH 4

struct text {
	char *data;
	size_t length, capacity;
	bool failed;
};

static void append(struct text *out, const char *what, size_t length)
{
	if (out->length + length + 1 > out->capacity) {
		size_t capacity = (out->length + length + 1) * 2;
		char *bigger = out->failed ? NULL : realloc(out->data, capacity);

		if (!bigger) {
			out->failed = true;
			return;
		}
		out->data = bigger;
		out->capacity = capacity;
	}
	memcpy(out->data + out->length, what, length);
	out->length += length;
	out->data[out->length] = '\0';
}

__attribute__((format(printf, 2, 3))) static void add(struct text *out, const char *format, ...)
{
	char line[TEXT_MAX];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	append(out, line, (size_t)length < sizeof(line) ? (size_t)length : sizeof(line) - 1);
}

static void end_line(struct text *out)
{
	while (out->length && out->data[out->length - 1] == ' ')
		out->length--;
	append(out, "\n", 1);
}

/* One line of @cpu's column; @step 0: none. */
static void row(struct text *out, const struct trace *trace, uint32_t width, uint32_t step,
		uint32_t cpu, const char *text)
{
	size_t length = strlen(text);

	if (step)
		add(out, "%*u ", STEP_WIDTH, step);
	else
		add(out, "%*s ", STEP_WIDTH, "");
	for (uint32_t i = 0; i < trace->cpus && i <= cpu; i++)
		add(out, "| %-*.*s ", (int)width, (int)width, i == cpu ? text : "");
	end_line(out);
	/* What does not fit goes on below. */
	if (cpu < trace->cpus && length > width)
		row(out, trace, width, 0, cpu, text + width);
}

void trace_line_text(const struct trace_line *line, char *text, size_t size)
{
	int used = snprintf(text, size, "%s: %s", line->site->func, line->site->text);

	if (used < 0 || (size_t)used >= size)
		return;
	text += used;
	size -= (size_t)used;
	if (line->has_written && line->before_step != TRACE_NOBODY)
		snprintf(text, size, "  [%s, lands before cpu%u's of step %u]", line->wrote,
			 line->before_cpu + 1, line->before_step);
	else if (line->has_written && strcmp(line->was, line->wrote))
		snprintf(text, size, "  [%s -> %s]", line->was, line->wrote);
	else if (line->has_written)
		snprintf(text, size, "  [%s]", line->wrote);
	else if (line->has_read && line->missed_step != TRACE_NOBODY)
		snprintf(text, size, "  [= %s, although cpu%u wrote at step %u%s]", line->read,
			 line->missed_cpu + 1, line->missed_step,
			 line->missed_waits ? ": that store waits in its buffer" : "");
	else if (line->has_read && line->from_step != TRACE_NOBODY)
		snprintf(text, size, "  [= %s, from step %u of cpu%u]", line->read, line->from_step,
			 line->from_cpu + 1);
	else if (line->has_read)
		snprintf(text, size, "  [= %s]", line->read);
	else if (access_table[line->kind].remark[0])
		snprintf(text, size, "  [%s]", access_table[line->kind].remark);
}

/* A column's head: its thread, and what that does. */
static void head(struct text *out, const struct trace *trace, uint32_t width, uint32_t cpu)
{
	const char *title = trace->title ? trace->title[cpu] : "";
	char text[TEXT_MAX];

	snprintf(text, sizeof(text), "cpu%u%s%s", cpu + 1, title[0] ? ": " : "", title);
	add(out, "| %-*.*s ", (int)width, (int)width, text);
}

static void lines_of(struct text *out, const struct trace *trace, uint32_t width,
		     const struct trace_line *line)
{
	char text[TEXT_MAX] = "";

	trace_line_text(line, text, sizeof(text));
	row(out, trace, width, line->kind == TRACE_UNLOCK ? 0 : line->step, line->cpu, text);
	for (uint32_t note = 0; note < NOTE_COUNT; note++) {
		if (!(line->notes >> note & 1))
			continue;
		snprintf(text, sizeof(text), "    -- %s", note_table[note]);
		row(out, trace, width, 0, line->cpu, text);
	}
	if (!line->faulted)
		return;
	snprintf(text, sizeof(text), "*** %s: %s", fault_table[trace->fault].slug,
		 trace->message[0] ? trace->message : trace->fault_site->text);
	row(out, trace, width, 0, line->cpu, text);
}

char *trace_diagram(const struct trace *trace, uint32_t width, bool all)
{
	struct text out = {0};
	bool skipped = false;

	add(&out, "%*s ", STEP_WIDTH, "step");
	for (uint32_t i = 0; i < trace->cpus; i++)
		head(&out, trace, width, i);
	end_line(&out);
	for (size_t i = 0; i < trace->count; i++) {
		const struct trace_line *line = &trace->line[i];

		if (!all && !line->key) {
			skipped = true;
			continue;
		}
		if (skipped)
			row(&out, trace, width, 0, line->cpu, "...");
		skipped = false;
		lines_of(&out, trace, width, line);
	}
	if (trace->faulted && trace->fault_cpu >= trace->cpus) {
		add(&out, "*** %s: %s\n", fault_table[trace->fault].slug,
		    trace->message[0] ? trace->message : trace->fault_site->text);
	}
	if (out.failed) {
		free(out.data);
		return NULL;
	}
	return out.data;
}

void trace_free(struct trace *trace)
{
	for (uint32_t cpu = 0; trace->title && cpu < trace->cpus; cpu++)
		free(trace->title[cpu]);
	free(trace->title);
	free(trace->line);
	*trace = (struct trace){0};
}
