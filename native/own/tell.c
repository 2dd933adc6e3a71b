/* SPDX-License-Identifier: MIT */
/* What one execution did, in fields: the story of a replay, and what a fault is about. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host.h"
#include "lacks.h"
#include "process.h"
#include "site.h"
#include "story.h"

/* Of the execution that is reported. */
static struct {
	struct wanted_fault wanted;
	const struct site *site;  /* that is wanted; NULL: anywhere */
	struct host_fault *fault; /* to be filled in */
	uint32_t lines;
	struct trace_line last; /* of a thread that died; site NULL: none did */
} telling;

/* Where an access goes, while that is there. */
static void touches(const struct fibers *f, const struct access *a, struct trace_line *line)
{
	struct host_line *told = &host->story.line[telling.lines];
	const struct word *word = (const struct word *)(const void *)f->hot.memory + a->place;
	enum own_mirror mirror = OWN_ATOMIC;
	uintptr_t address = own_address_of(word, &mirror);

	(void)line;
	*told = (struct host_line){.cpu = a->cpu, .mirror = mirror, .address = address};
	told->size = own_told(a->cpu, fibers_is_flush(f, f->steps) ? word : NULL, mirror, &address);
	told->address = address;
	told->has_place = address && mirror != OWN_ENDING && mirror != OWN_LOOP;
	if (told->has_place)
		told->place = host_place_of(address);
	telling.lines++;
	host->beat++;
}

void own_read_plainly(uint64_t value)
{
	struct host_line *told = &host->story.line[telling.lines ? telling.lines - 1 : 0];

	snprintf(told->read, sizeof(told->read), "%llu", (unsigned long long)value);
	told->has_read = telling.lines != 0;
}

uint32_t own_story_at(void)
{
	return own.telling ? telling.lines : 0; /* on a caller's stack, it is part of a state */
}

void own_tell_change(uint32_t from, uint32_t was, uint32_t now)
{
	/* Others may have had their steps before this thread had its own. */
	while (from < telling.lines && host->story.line[from].cpu != own.current)
		from++;
	if (from < telling.lines) {
		struct host_line *told = &host->story.line[from];

		snprintf(told->was, sizeof(told->was), "%u", was);
		snprintf(told->wrote, sizeof(told->wrote), "%u", now);
		told->has_written = true;
	}
}

static void keep_text(const char *text, size_t length, bool is_note)
{
	struct host_story *story = &host->story;
	size_t room = sizeof(story->text) - story->printed;

	if (story->prints == HOST_PRINTS_MAX)
		return;
	if (length > room)
		length = room;
	memcpy(story->text + story->printed, text, length);
	story->print[story->prints++] = (struct host_print){.step = own_me()->task->fibers->steps,
							    .cpu = own.current,
							    .from = story->printed,
							    .length = length,
							    .is_note = is_note};
	story->printed += length;
}

void own_printed(const char *text, size_t length)
{
	keep_text(text, length, false);
}

void own_noted(const char *text)
{
	keep_text(text, strlen(text), true);
}

/* The number of the wanted fault in this execution, else of its first. */
static uint32_t choose_fault(const struct fibers *f)
{
	for (uint32_t i = 0; i < f->fault_count; i++)
		if (f->fault[i].kind == telling.wanted.kind &&
		    (!telling.site || f->fault[i].site == telling.site))
			return i;
	return 0;
}

static void take_waits(struct host_fault *fault)
{
	fault->waiting = 0;
	for (uint32_t cpu = 0; cpu < OWN_THREADS; cpu++) {
		const struct own_thread *thread = &own.thread[cpu];
		struct host_wait *to = &fault->wait[cpu];

		if (!own_wait_text(cpu, to->text, sizeof(to->text)))
			continue;
		fault->waiting |= 1u << cpu;
		snprintf(to->what, sizeof(to->what), "%s",
			 thread->loop.parked ? "a change" : thread->wait.what);
		to->at = host_offset(thread->loop.parked ? thread->loop.parked : thread->wait.pc);
		to->on = host_place_of(thread->wait.on);
	}
}

/*
 * Nobody met a fault such as a deadlock, and so nobody said anything. Threads for which there is no
 * room are counted.
 */
static void say_who_waits(struct host_fault *fault)
{
	static const char rest[] = ", and 16 more threads wait";
	uint32_t left = fault->waiting;
	size_t used = 0;

	if (fault->message[0])
		return;
	for (; left; left &= left - 1) {
		const char *text = fault->wait[__builtin_ctz(left)].text;
		size_t room = sizeof(fault->message) - used;

		/* The last needs no room for a rest. */
		if (strlen(text) + 2 + (left & (left - 1) ? sizeof(rest) : 1) > room)
			break;
		used += (size_t)snprintf(fault->message + used, room, "%s%s", used ? ", " : "",
					 text);
	}
	if (left)
		snprintf(fault->message + used, sizeof(fault->message) - used, ", and %d more %s",
			 __builtin_popcount(left),
			 left & (left - 1) ? "threads wait" : "thread waits");
}

/* What the thread was about to do that died of it, or behind it. */
static void tell_last_step(const struct fibers *f)
{
	const struct access *next = &f->next[host->death.cpu];

	if (!(f->running >> host->death.cpu & 1) || telling.lines == TRACE_MAX)
		return;
	touches(f, next, NULL);
	telling.last = (struct trace_line){.step = host->death.steps,
					   .cpu = next->cpu,
					   .kind = trace_kind_of(next),
					   .site = next->site,
					   .from_step = TRACE_NOBODY,
					   .from_cpu = TRACE_NOBODY,
					   .missed_step = TRACE_NOBODY,
					   .before_step = TRACE_NOBODY,
					   .key = true,
					   .faulted = true};
}

/* Which function each thread has begun with. */
static void take_begins(struct host_story *story)
{
	for (uint32_t cpu = 0; cpu < OWN_THREADS; cpu++) {
		uintptr_t function = cpu < own.count ? (uintptr_t)own.thread[cpu].function : 0;

		story->begins[cpu] = function ? host_offset(function + 1) : 0;
	}
}

static void ended(const struct fibers *f)
{
	struct host_fault *fault = telling.fault;
	uint32_t number = choose_fault(f);

	take_waits(fault);
	take_begins(&host->story);
	if (host->cut_at)
		tell_last_step(f);
	fault->has_place = false;
	fault->outcome = NULL;
	if (!f->fault_count)
		return;
	fault->outcome = own.about[number].outcome;
	fault->has_place = own.about[number].address != 0;
	if (fault->has_place)
		fault->place = host_place_of(own.about[number].address);
	if (!fault->other)
		fault->other = host_offset(own.about[number].other);
}

/* Run @schedule, and fill @fault in. Returns 0, and *@trace to be freed, or -errno. */
static int tell(struct host_fault *fault, const struct schedule *schedule, uint32_t steps_max,
		struct trace *trace)
{
	struct teller teller = {
		.touches = touches, .ended = ended, .bare = true, .steps_max = steps_max};
	struct explore_plan plan = {.memory = host_options.memory};
	int r;

	telling.fault = fault;
	telling.lines = 0;
	/* Where a loop that does not end was stopped is chance. */
	telling.site = fault->kind == FAULT_HANG ? NULL : host_site_of(fault->at, fault->other);
	telling.wanted = (struct wanted_fault){.kind = fault->kind};
	if (telling.site)
		telling.wanted.site = site_digest(telling.site->func, telling.site->text);
	own.memory = plan.memory;
	r = explore_tell_as(&host_model, &plan, schedule, &teller, telling.wanted, trace);
	if (!r)
		host_take_events(fault, trace);
	return r;
}

int host_fill_fault(struct host_fault *fault)
{
	struct schedule schedule = {.count = fault->deviations, .deviation = fault->deviation};
	struct trace trace;
	int r;

	host->reuse = own_options.heap_reuse = fault->reuse;
	host_know(fault->facts);
	r = tell(fault, &schedule, 0, &trace);
	if (r)
		return r;
	if (!trace.reproduced || !trace.met) {
		snprintf(host->differs, sizeof(host->differs),
			 "step %u, cpu%u: %s did not come back when its schedule was run again",
			 fault->steps, fault->cpu + 1, explore_fault_name(fault->kind));
		r = -ESTALE;
	}
	memcpy(fault->message, trace.message, sizeof(fault->message));
	say_who_waits(fault);
	trace_free(&trace);
	return r;
}

static void take_line(struct host_line *to, const struct trace_line *line)
{
	to->step = line->step;
	to->kind = line->kind;
	to->from_step = line->from_step;
	to->from_cpu = line->from_cpu;
	to->option = line->option;
	to->missed_step = line->missed_step;
	to->missed_cpu = line->missed_cpu;
	to->missed_waits = line->missed_waits;
	to->before_step = line->before_step;
	to->before_cpu = line->before_cpu;
	to->at = own_site_offset(line->site);
	/* Of a plain access the mirror does not know what it reads: own_read_plainly() does. */
	if (line->has_read) {
		to->has_read = true;
		memcpy(to->read, line->read, sizeof(to->read));
	}
	/* A condition variable is many words: own_tell_change() says what becomes of it. */
	if (line->has_written) {
		to->has_written = true;
		memcpy(to->was, line->was, sizeof(to->was));
		memcpy(to->wrote, line->wrote, sizeof(to->wrote));
	}
	to->key = line->key;
	to->faulted = line->faulted;
}

static void take_story(struct host_story *story, const struct trace *trace)
{
	story->threads = own.count;
	story->lines = (uint32_t)trace->count;
	for (uint32_t i = 0; i < trace->count; i++)
		take_line(&story->line[i], &trace->line[i]);
	host_keep_writes(story);
	if (telling.last.site)
		take_line(&story->line[story->lines++], &telling.last);
	/* What is known of a death, its parent has noted. */
	if (host->cut_at)
		return;
	story->reproduced = trace->reproduced;
	story->met = trace->met;
	story->faulted = trace->faulted;
	story->steps = trace->steps;
	story->preemptions = trace->preemptions;
	if (!trace->faulted)
		return;
	story->fault.kind = trace->fault;
	story->fault.cpu = trace->fault_cpu;
	story->fault.at = own_site_offset(trace->fault_site);
	if (own_site_other(trace->fault_site))
		story->fault.other = own_site_other(trace->fault_site);
	memcpy(story->fault.message, trace->message, sizeof(story->fault.message));
	say_who_waits(&story->fault);
}

/*
 * Which orders are missing, the program run again with others says. It may die of them: the story
 * is whole before.
 */
static void take_lacks(struct host_story *story, const struct schedule *schedule,
		       struct trace *trace)
{
	struct explore_plan plan = {.memory = host_options.memory};
	int r = 0;

	if (plan.memory != EXPLORE_RC11 || host->cut_at)
		return;
	host->phase = HOST_DONE;
	if (trace->reproduced)
		r = trace_find_lacks(&host_model, &plan, schedule, trace);
	for (uint32_t i = 0; i < trace->count && !r; i++) {
		const struct trace_line *line = &trace->line[i];
		struct host_line *to = &story->line[i];

		if (!line->lacks_order)
			continue;
		snprintf(to->lacks_order, sizeof(to->lacks_order), "%s", line->lacks_order);
		to->lacks = own_site_offset(line->lacks);
	}
}

void host_replay(void)
{
	const struct host_options *o = &host_options;
	struct schedule schedule = {.count = o->deviations, .deviation = host_options.deviation};
	struct host_story *story = &host->story;
	struct trace trace;

	host_model_init();
	host->reuse = own_options.heap_reuse = o->heap == HOST_REUSE;
	host_know(host->facts);
	story->prints = 0;
	story->printed = 0;
	if (!host->cut_at)
		story->fault = (struct host_fault){
			.kind = o->kind, .at = o->at, .other = o->other, .facts = host->facts};
	own.telling = true;
	host->error = tell(&story->fault, &schedule, host->cut_at, &trace);
	own.telling = false;
	if (host->error)
		return;
	take_story(story, &trace);
	take_lacks(story, &schedule, &trace);
	trace_free(&trace);
}
