/* SPDX-License-Identifier: MIT */
/* Which writes a story needs, those that its lines read, missed or wrote over; and signals. */
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "trace.h"

static bool overlap(const struct host_line *one, const struct host_line *other)
{
	return one->address < other->address + other->size &&
	       other->address < one->address + one->size;
}

static bool is_write(const struct host_line *line)
{
	return line->size && line->kind != TRACE_READ &&
	       (line->kind != TRACE_UPDATE || line->has_written);
}

/* A mirror may stand for more than a line reads: the write that it names has to be of the same. */
static void name_the_write(struct host_story *story, uint32_t at)
{
	struct host_line *line = &story->line[at];
	bool is_known = false;

	if (!line->size || line->from_cpu == TRACE_NOBODY)
		return;
	line->from_step = line->from_cpu = TRACE_NOBODY;
	for (uint32_t i = at; i-- && !is_known;) {
		struct host_line *write = &story->line[i];

		is_known = is_write(write) && overlap(line, write);
		if (!is_known || write->cpu == line->cpu)
			continue;
		line->from_step = write->step;
		line->from_cpu = write->cpu;
		write->key = true;
	}
}

/* The story needs the writes that a line read, missed, or landed before. */
static void keep_the_writes(struct host_story *story, uint32_t at)
{
	const struct host_line *line = &story->line[at];

	for (uint32_t i = 0; i < story->lines; i++) {
		struct host_line *write = &story->line[i];

		if (is_write(write) &&
		    ((write->step == line->from_step && write->cpu == line->from_cpu) ||
		     (write->step == line->missed_step && write->cpu == line->missed_cpu) ||
		     (write->step == line->before_step && write->cpu == line->before_cpu)))
			write->key = true;
	}
}

/* Where the thread of line @at read the same last, before it; @at: nowhere. */
static uint32_t last_read_before(const struct host_story *story, uint32_t at)
{
	const struct host_line *line = &story->line[at];

	for (uint32_t i = at; i-- > 0;)
		if (story->line[i].cpu == line->cpu && story->line[i].kind == TRACE_READ &&
		    story->line[i].size && overlap(line, &story->line[i]))
			return i;
	return at;
}

/* ... and the update that a store undoes: its thread read the value before that. */
static void keep_the_lost(struct host_story *story)
{
	for (uint32_t at = story->lines; at-- > 0;) {
		const struct host_line *line = &story->line[at];
		uint32_t seen, i = at;

		if (!line->key || line->kind != TRACE_WRITE || !line->size)
			continue;
		seen = last_read_before(story, at);
		while (i > seen && !(is_write(&story->line[i]) && story->line[i].cpu != line->cpu &&
				     overlap(line, &story->line[i])))
			i--;
		if (i > seen)
			story->line[i].key = true;
	}
}

/* Threads that line @i lets wait no more for its condition variable; below 0: it begins to wait. */
static int64_t signals_of(const struct host_line *line)
{
	if (line->mirror != OWN_CONDITION || !line->has_written)
		return 0;
	return strtoll(line->was, NULL, 10) - strtoll(line->wrote, NULL, 10);
}

/* The oldest signal that is left for the thread of line @at, which has waited since; @at: none. */
static uint32_t signal_for(const struct host_story *story, const int64_t *left, uint32_t at)
{
	const struct host_line *line = &story->line[at];
	uint32_t oldest = at;

	for (uint32_t i = at; i-- > 0;) {
		const struct host_line *one = &story->line[i];

		if (one->mirror != OWN_CONDITION || one->address != line->address)
			continue;
		if (left[i] > 0)
			oldest = i;
		if (left[i] < 0 && one->cpu == line->cpu)
			break;
	}
	return oldest;
}

/* A thread that is woken names the signal that it took, not a thread that waits since then. */
static void name_the_signals(struct host_story *story)
{
	static int64_t left[TRACE_MAX];

	for (uint32_t i = 0; i < story->lines; i++) {
		struct host_line *line = &story->line[i];
		uint32_t from;

		left[i] = signals_of(line);
		if (line->mirror != OWN_CONDITION || !line->has_read || strcmp(line->read, "1"))
			continue;
		from = signal_for(story, left, i);
		line->from_step = line->from_cpu = TRACE_NOBODY;
		if (from == i)
			continue;
		left[from]--;
		line->from_step = story->line[from].step;
		line->from_cpu = story->line[from].cpu;
		story->line[from].key = true;
	}
}

void host_keep_writes(struct host_story *story)
{
	for (uint32_t i = 0; i < story->lines; i++) {
		if (own.memory)
			keep_the_writes(story, i);
		else
			name_the_write(story, i);
	}
	name_the_signals(story);
	keep_the_lost(story);
}
