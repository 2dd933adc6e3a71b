/* SPDX-License-Identifier: MIT */
#include "twice.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "arrays.h"
#include "clocks.h"
#include "memory.h"
#include "races.h"
#include "schedule.h"
#include "search.h"

#define EVENT_MAX 160

static void witness_free(struct witness *w)
{
	free(w->trace);
	free(w->seen);
	free(w->schedule);
	free(w->option);
	*w = (struct witness){0};
}

void twice_free(struct twice *twice)
{
	witness_free(&twice->usual);
	for (uint32_t i = 0; i < TWICE_KEPT; i++)
		witness_free(&twice->kept[i]);
	free(twice->schedule);
	free(twice->option);
	*twice = (struct twice){0};
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
	const struct witness *w = s->twice.followed;
	uint32_t step = s->stage.fibers->steps;
	uint32_t choice = step < w->steps ? w->schedule[step] : 0;

	if (step < w->steps && choice_could(choice) == enabled)
		return (int)choice_chosen(choice);
	s->stage.cut = true;
	return NOBODY;
}

/* The same options again. */
static uint32_t follow_option(void *state, uint32_t cpu, uint32_t count)
{
	struct search *s = state;
	const struct witness *w = s->twice.followed;
	uint32_t step = s->stage.fibers->steps - 1, index = 0;

	(void)count;
	if (w && w->option && step < w->steps && w->option[step] &&
	    !memory_index(s->memory, cpu, w->option[step], &index))
		s->stage.cut = true;
	return index;
}

static int choose_first(void *unused, uint32_t enabled)
{
	(void)unused;
	return __builtin_ctz(enabled);
}

/* One execution by @choose, with its values where it is @watched. */
static void run(struct search *s, int (*choose)(void *state, uint32_t enabled), bool watched)
{
	struct fibers *f = s->stage.fibers;
	bool asks_always = f->asks_always, uniform = f->uniform, watching = f->hot.watching;
	int (*was)(void *strategy, uint32_t enabled) = f->choose;
	uint32_t (*option_was)(void *strategy, uint32_t cpu, uint32_t count) = f->choose_option;
	void *strategy = f->strategy;

	f->choose = choose;
	f->choose_option = choose == follow ? follow_option : NULL;
	f->strategy = s;
	f->asks_always = true;
	f->uniform = false;
	f->hot.watching = watched;
	if (s->races)
		races_reset(s->races);
	stage_run(&s->stage);
	f->hot.watching = watching;
	f->uniform = uniform;
	f->asks_always = asks_always;
	f->strategy = strategy;
	f->choose = was;
	f->choose_option = option_was;
}

/* Keep the execution that has just ended. Returns 0 or -ENOMEM. */
static int keep(struct witness *w, const struct fibers *f)
{
	*w = (struct witness){
		.trace = array_copy(f->trace, f->length, sizeof(*f->trace)),
		.seen = array_copy(f->sighting, f->length, sizeof(*f->sighting)),
		.schedule = array_copy(f->schedule, f->steps, sizeof(*f->schedule)),
		.option = f->option ? array_copy(f->option, f->steps, 1) : NULL,
		.length = f->length,
		.steps = f->steps,
		.faults = f->fault_kinds,
	};
	if (w->trace && w->seen && w->schedule && !w->option == !f->option)
		return 0;
	witness_free(w);
	return -ENOMEM;
}

static bool same_access(const struct access *a, const struct access *b)
{
	return a->site == b->site && a->place == b->place && a->words == b->words &&
	       a->kind == b->kind && a->cpu == b->cpu;
}

/*
 * What a plain write overwrites may be what others left on a stack: nobody has read it. Where that
 * is what it writes, it has changed nothing, and is not seen as a write.
 */
static bool same_values(const struct access *access, const struct sighting *a,
			const struct sighting *b)
{
	bool minds_old = access->kind != POINT_WRITE_PLAIN;

	if (!minds_old && a->has_written != b->has_written)
		return a->has_read == b->has_read;
	return a->has_read == b->has_read && a->has_written == b->has_written &&
	       (!a->has_read || a->read == b->read) &&
	       (!a->has_written || (a->wrote == b->wrote && (!minds_old || a->was == b->was)));
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

/* Whether the execution that has just ended is @w again. Returns 0 or -ESTALE. */
static int compare(struct search *s, const struct witness *w)
{
	const struct fibers *f = s->stage.fibers;
	char then[EVENT_MAX] = "the end of the schedule",
	     now[EVENT_MAX] = "the end of the schedule";
	uint32_t step = 0, cpu = 0, at = 0;

	while (at < w->length && at < f->length && same_access(&w->trace[at], &f->trace[at]) &&
	       same_values(&f->trace[at], &w->seen[at], &f->sighting[at]))
		step += !access_is_release(&f->trace[at++]);
	if (at == w->length && at == f->length && w->steps == f->steps &&
	    w->faults == f->fault_kinds)
		return 0;
	if (at < w->length) {
		say_event(then, &w->trace[at], &w->seen[at]);
		cpu = w->trace[at].cpu;
	}
	if (at < f->length) {
		say_event(now, &f->trace[at], &f->sighting[at]);
		cpu = f->trace[at].cpu;
	}
	if (at == w->length && at == f->length)
		return differs(s, "after step %u: faults of other kinds at the end of one schedule",
			       step);
	return differs(s, "step %u, cpu%u: %s, and %s the next time", step + 1, cpu + 1, then, now);
}

/* Run @w again, where one is kept there. Returns 0 or -ESTALE. */
static int run_again(struct search *s, const struct witness *w)
{
	if (!w->trace)
		return 0;
	s->twice.followed = w;
	run(s, follow, true);
	return compare(s, w);
}

int twice_begin(struct search *s)
{
	struct twice *twice = &s->twice;
	const struct witness *usual = &twice->usual;
	uint32_t met = 0;

	twice->schedule = malloc(STEPS_MAX * sizeof(*twice->schedule));
	twice->option = s->memory ? malloc(STEPS_MAX) : NULL;
	if (!twice->schedule || !twice->option != !s->memory)
		return -ENOMEM;
	run(s, choose_first, true);
	if (keep(&twice->usual, s->stage.fibers))
		return -ENOMEM;
	for (uint32_t i = 0; i < usual->length; i++) {
		uint32_t cpu = usual->trace[i].cpu;

		if (met >> cpu & 1 || access_is_release(&usual->trace[i]) || !twice->first[cpu])
			continue;
		met |= 1u << cpu;
		if (usual->trace[i].site != twice->first[cpu])
			return twice_differs(s, 0, cpu, twice->first[cpu], usual->trace[i].site);
	}
	return run_again(s, usual);
}

int twice_start(struct search *s)
{
	const struct fibers *f = s->stage.fibers;

	for (uint32_t cpu = 0; cpu + 1 < f->cpus && !f->fault_count; cpu++)
		if (f->running >> cpu & 1 && s->twice.first[cpu] &&
		    f->next[cpu].site != s->twice.first[cpu])
			return twice_differs(s, 0, cpu, s->twice.first[cpu], f->next[cpu].site);
	return 0;
}

/* What an execution did, to be held against what it does when it is run again. */
static struct witness keep_choices(struct search *s)
{
	const struct fibers *f = s->stage.fibers;

	memcpy(s->twice.schedule, f->schedule, f->steps * sizeof(*f->schedule));
	if (f->option)
		memcpy(s->twice.option, f->option, f->steps);
	return (struct witness){.schedule = s->twice.schedule,
				.option = s->twice.option,
				.steps = f->steps,
				.faults = f->fault_kinds};
}

static bool did_the_same(const struct search *s, const struct witness *last)
{
	const struct fibers *f = s->stage.fibers;

	return f->steps == last->steps && !s->stage.cut &&
	       !memcmp(last->schedule, f->schedule, last->steps * sizeof(*f->schedule)) &&
	       (!f->option || !memcmp(last->option, f->option, last->steps)) &&
	       last->faults == f->fault_kinds;
}

/* Run @last again, by its choices. Returns 0 or -ESTALE. */
static int by_choices(struct search *s, const struct witness *last, bool watched)
{
	struct fibers *f = s->stage.fibers;
	const struct access *end;

	s->twice.followed = last;
	run(s, follow, watched);
	s->twice.followed = NULL;
	if (did_the_same(s, last))
		return 0;
	end = f->length ? &f->trace[f->length - 1] : NULL;
	return differs(s, "after step %u, \"%s\" in %s: the same schedule went on otherwise",
		       f->steps, end ? end->site->text : "the beginning",
		       end ? end->site->func : "no function");
}

/*
 * Run @last again, a walk, by its dice: choices that differ show what does. Whatever records takes
 * twice as long.
 */
static int by_dice(struct search *s, const struct witness *last)
{
	struct fibers *f = s->stage.fibers;
	uint64_t dice = f->dice;
	bool same;

	f->dice = s->twice.dice;
	if (s->races)
		races_reset(s->races);
	stage_run(&s->stage);
	f->dice = dice;
	same = did_the_same(s, last);
	/* A record has the place, too. */
	if (likely(same) || by_choices(s, last, false))
		return likely(same) ? 0 : -ESTALE;
	return differs(s, "within %u steps: the same schedule went on otherwise", last->steps);
}

int twice_quickly(struct search *s)
{
	struct witness last = keep_choices(s);

	return s->stage.fibers->uniform ? by_dice(s, &last) : by_choices(s, &last, false);
}

int twice_again(struct search *s)
{
	struct twice *twice = &s->twice;
	uint32_t age = (uint32_t)__builtin_ctz(++twice->count | 1u << (TWICE_KEPT - 1));
	struct witness before = twice->kept[age], last = keep_choices(s);
	int r = by_choices(s, &last, true);

	if (r)
		return r;
	r = keep(&twice->kept[age], s->stage.fibers);
	if (!r)
		r = run_again(s, before.trace ? &before : &twice->usual);
	witness_free(&before);
	return r;
}

int twice_all(struct search *s)
{
	int r = run_again(s, &s->twice.usual);

	for (uint32_t i = 0; i < TWICE_KEPT && !r; i++)
		r = run_again(s, &s->twice.kept[i]);
	return r;
}

static bool has_fault(const struct fibers *f, const struct explore_fault *fault)
{
	for (uint32_t i = 0; i < f->fault_count; i++)
		/* Where a loop that does not end was stopped is chance. */
		if (f->fault[i].kind == fault->kind &&
		    (fault->kind == FAULT_HANG || f->fault[i].site == fault->site))
			return true;
	return false;
}

int twice_faults(struct search *s)
{
	const struct explore_report *report = s->report;

	for (uint32_t i = 0; i < report->fault_count; i++) {
		const struct explore_fault *fault = &report->fault[i];

		if (s->races)
			races_reset(s->races);
		if (!schedule_run(&fault->schedule, &s->stage) ||
		    !has_fault(s->stage.fibers, fault))
			return differs(s,
				       "a search met %s at step %u, \"%s\" in %s, and its "
				       "schedule did not when it was run again",
				       explore_fault_name(fault->kind), fault->steps,
				       fault->site->text, fault->site->func);
	}
	return 0;
}
