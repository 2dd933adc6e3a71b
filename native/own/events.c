/* SPDX-License-Identifier: MIT */
/* Hashes of what an execution did: a replay compares them with those of its ticket. */
#include "host.h"
#include "trace.h"

static uint32_t hash_text(uint32_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619u;
	return (hash ^ 0xff) * 16777619u;
}

static uint32_t hash_number(uint32_t hash, uint64_t number)
{
	for (; number; number >>= 8)
		hash = (hash ^ (uint8_t)number) * 16777619u;
	return (hash ^ 0xff) * 16777619u;
}

/* What happened, and nothing of where in the code: a comment that is added changes no hash. */
static uint32_t hash_line(uint32_t hash, const struct trace_line *line,
			  const struct host_line *told)
{
	hash = hash_number(hash, line->kind);
	hash = hash_number(hash, line->cpu);
	hash = hash_number(hash, told->mirror);
	hash = hash_number(hash, told->address);
	hash = hash_text(hash, line->has_read ? line->read : "");
	hash = hash_text(hash, line->has_written ? line->was : "");
	return hash_text(hash, line->has_written ? line->wrote : "");
}

void host_take_events(struct host_fault *fault, const struct trace *trace)
{
	uint32_t hash = 2166136261u;

	fault->events = 0;
	for (uint32_t i = 0; i < trace->count; i++) {
		hash = hash_line(hash, &trace->line[i], &host->story.line[i]);
		if (i % HOST_EVENTS_EVERY == HOST_EVENTS_EVERY - 1 || i + 1 == trace->count)
			fault->event[fault->events++] = hash;
	}
}
