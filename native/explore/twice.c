/* SPDX-License-Identifier: MIT */
#include "twice.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "clocks.h"
#include "races.h"
#include "search.h"

#define EVENT_MAX 160

void twice_free(struct twice *twice)
{
	free(twice->trace);
	free(twice->seen);
	free(twice->schedule);
	*twice = (struct twice){0};
}

static bool allocate(struct twice *twice)
{
	if (!twice->trace)
		twice->trace = malloc(TRACE_MAX * sizeof(*twice->trace));
	if (!twice->seen)
		twice->seen = malloc(TRACE_MAX * sizeof(*twice->seen));
	if (!twice->schedule)
		twice->schedule = malloc(STEPS_MAX * sizeof(*twice->schedule));
	return twice->trace && twice->seen && twice->schedule;
}

__attribute__((format(printf, 2, 3))) static int differs(struct search *s, const char *format, ...)
{
	struct explore_report *report = s->report;
	va_list arguments;

	if (!report->differs[0]) {
		va_start(arguments, format);
		vsnprintf(report->differs, sizeof(report->differs), format, arguments);
		va_end(arguments);
	}
	return -ESTALE;
}

int twice_differs(struct search *s, uint32_t step, uint32_t cpu, const struct site *then,
		  const struct site *now)
{
	return differs(s, "step %u, cpu%u: \"%s\" in %s, and \"%s\" in %s the next time", step + 1,
		       cpu + 1, then ? then->text : "nothing", then ? then->func : "no function",
		       now ? now->text : "nothing", now ? now->func : "no function");
}

/* The same choices again, as long as they can be made. */
static int follow(void *state, uint32_t enabled)
{
	struct search *s = state;
	uint32_t step = s->stage.fibers->steps;
	uint32_t choice = step < s->twice.steps ? s->twice.schedule[step] : 0;

	if (step < s->twice.steps && choice_could(choice) == enabled)
		return (int)choice_chosen(choice);
	s->stage.cut = true;
	return NOBODY;
}

static int choose_first(void *unused, uint32_t enabled)
{
	(void)unused;
	return __builtin_ctz(enabled);
}

/* One execution with its values, by @choose. */
static void run_watched(struct search *s, int (*choose)(void *state, uint32_t enabled))
{
	struct fibers *f = s->stage.fibers;
	bool asks_always = f->asks_always, uniform = f->uniform, watching = f->hot.watching;
	int (*was)(void *strategy, uint32_t enabled) = f->choose;
	void *strategy = f->strategy;

	f->choose = choose;
	f->strategy = s;
	f->asks_always = true;
	f->uniform = false;
	f->hot.watching = true;
	if (s->races)
		races_reset(s->races);
	stage_run(&s->stage);
	f->hot.watching = watching;
	f->uniform = uniform;
	f->asks_always = asks_always;
	f->strategy = strategy;
	f->choose = was;
}

static void keep(struct twice *twice, const struct fibers *f)
{
	twice->length = f->length;
	twice->steps = f->steps;
	twice->faults = f->fault_kinds;
	memcpy(twice->trace, f->trace, f->length * sizeof(*f->trace));
	memcpy(twice->seen, f->sighting, f->length * sizeof(*f->sighting));
	memcpy(twice->schedule, f->schedule, f->steps * sizeof(*f->schedule));
}

static bool same_access(const struct access *a, const struct access *b)
{
	return a->site == b->site && a->place == b->place && a->words == b->words &&
	       a->kind == b->kind && a->cpu == b->cpu;
}

static bool same_values(const struct sighting *a, const struct sighting *b)
{
	return a->has_read == b->has_read && a->has_written == b->has_written &&
	       (!a->has_read || a->read == b->read) &&
	       (!a->has_written || (a->was == b->was && a->wrote == b->wrote));
}

static void say_event(char *text, const struct access *a, const struct sighting *seen)
{
	int used = snprintf(text, EVENT_MAX, "\"%s\" in %s", a->site->text, a->site->func);

	if (used < 0 || used >= EVENT_MAX)
		return;
	if (seen->has_written)
		snprintf(text + used, EVENT_MAX - (size_t)used, " (%lld, then %lld)",
			 (long long)seen->was, (long long)seen->wrote);
	else if (seen->has_read)
		snprintf(text + used, EVENT_MAX - (size_t)used, " (read %lld)",
			 (long long)seen->read);
}

/* Whether the execution that has just ended is the one that was kept. Returns 0 or -ESTALE. */
static int compare(struct search *s)
{
	const struct twice *twice = &s->twice;
	const struct fibers *f = s->stage.fibers;
	char then[EVENT_MAX] = "the end of the schedule",
	     now[EVENT_MAX] = "the end of the schedule";
	uint32_t step = 0, cpu = 0, at = 0;

	while (at < twice->length && at < f->length &&
	       same_access(&twice->trace[at], &f->trace[at]) &&
	       same_values(&twice->seen[at], &f->sighting[at]))
		step += !access_is_release(&f->trace[at++]);
	if (at == twice->length && at == f->length && twice->steps == f->steps &&
	    twice->faults == f->fault_kinds)
		return 0;
	if (at < twice->length) {
		say_event(then, &twice->trace[at], &twice->seen[at]);
		cpu = twice->trace[at].cpu;
	}
	if (at < f->length) {
		say_event(now, &f->trace[at], &f->sighting[at]);
		cpu = f->trace[at].cpu;
	}
	if (at == twice->length && at == f->length)
		return differs(s, "after step %u: faults of other kinds at the end of one schedule",
			       step);
	return differs(s, "step %u, cpu%u: %s, and %s the next time", step + 1, cpu + 1, then, now);
}

int twice_begin(struct search *s)
{
	struct fibers *f = s->stage.fibers;
	struct twice *twice = &s->twice;
	uint32_t met = 0;

	if (!allocate(twice))
		return -ENOMEM;
	run_watched(s, choose_first);
	keep(twice, f);
	for (uint32_t i = 0; i < twice->length; i++) {
		uint32_t cpu = twice->trace[i].cpu;

		if (met >> cpu & 1 || access_is_release(&twice->trace[i]) || !twice->first[cpu])
			continue;
		met |= 1u << cpu;
		if (twice->trace[i].site != twice->first[cpu])
			return twice_differs(s, 0, cpu, twice->first[cpu], twice->trace[i].site);
	}
	run_watched(s, follow);
	return compare(s);
}

int twice_start(struct search *s)
{
	const struct fibers *f = s->stage.fibers;

	for (uint32_t cpu = 0; cpu + 1 < f->cpus && !f->fault_count; cpu++)
		if (f->running >> cpu & 1 && f->next[cpu].site != s->twice.first[cpu])
			return twice_differs(s, 0, cpu, s->twice.first[cpu], f->next[cpu].site);
	return 0;
}

int twice_again(struct search *s)
{
	struct fibers *f = s->stage.fibers;
	struct twice *twice = &s->twice;
	uint32_t steps = f->steps, faults = f->fault_kinds;

	twice->steps = steps;
	memcpy(twice->schedule, f->schedule, steps * sizeof(*f->schedule));
	run_watched(s, follow);
	if (f->steps != steps || s->stage.cut ||
	    memcmp(twice->schedule, f->schedule, steps * sizeof(*f->schedule)) != 0 ||
	    faults != f->fault_kinds) {
		const struct access *last = f->length ? &f->trace[f->length - 1] : NULL;

		return differs(s,
			       "after step %u, \"%s\" in %s: the same schedule went on otherwise",
			       f->steps, last ? last->site->text : "the beginning",
			       last ? last->site->func : "no function");
	}
	keep(twice, f);
	run_watched(s, follow);
	return compare(s);
}
