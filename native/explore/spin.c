/* SPDX-License-Identifier: MIT */
/* Where an execution that met the limit of steps went round. */
#include <stdio.h>

#include "clocks.h"
#include "schedule.h"
#include "search.h"

#define LOOK_BACK 512 /* accesses before the limit */

struct window {
	const struct access *access[LOOK_BACK];
	uint32_t count;
};

/* The last accesses of @cpu, or of any thread; releases are not steps. */
static void look_back(const struct fibers *f, uint32_t cpu, struct window *window)
{
	window->count = 0;
	for (uint32_t i = f->length; i-- && window->count < LOOK_BACK;)
		if (!access_is_release(&f->trace[i]) &&
		    (cpu == FIBERS_MAX || f->trace[i].cpu == cpu))
			window->access[window->count++] = &f->trace[i];
}

static uint32_t busiest(const struct window *window)
{
	uint32_t steps[FIBERS_MAX] = {0}, most = 0;

	for (uint32_t i = 0; i < window->count; i++)
		steps[window->access[i]->cpu]++;
	for (uint32_t cpu = 1; cpu < FIBERS_MAX; cpu++)
		if (steps[cpu] > steps[most])
			most = cpu;
	return most;
}

static uint32_t times_of(const struct window *window, const struct site *site)
{
	uint32_t times = 0;

	for (uint32_t i = 0; i < window->count; i++)
		times += window->access[i]->site == site;
	return times;
}

static void note_trace(struct explore_report *report, const struct fibers *f)
{
	struct window window;
	uint32_t cpu;

	look_back(f, FIBERS_MAX, &window);
	cpu = busiest(&window);
	look_back(f, cpu, &window);
	for (uint32_t i = 0; i < window.count; i++) {
		uint32_t times = times_of(&window, window.access[i]->site);

		if (times <= report->spin_times)
			continue;
		report->spin_times = times;
		report->spin_site = window.access[i]->site;
		report->spin_cpu = cpu;
	}
}

/* A walk keeps the chosen threads and no accesses: take it again, recorded. */
static void note_walk(struct search *s)
{
	struct fibers *f = s->stage.fibers;
	int (*choose)(void *strategy, uint32_t enabled) = f->choose;
	void *strategy = f->strategy;
	bool asks_always = f->asks_always;
	struct schedule schedule;
	uint32_t preemptions;

	if (!schedule_take(&schedule, f, f->steps, &preemptions)) {
		f->uniform = false;
		schedule_run(&schedule, &s->stage);
		note_trace(s->report, f);
		f->uniform = true;
		f->choose = choose;
		f->strategy = strategy;
		f->asks_always = asks_always;
	}
	schedule_free(&schedule);
}

void spin_note(struct search *s)
{
	if (s->report->spin_site)
		return;
	if (s->stage.fibers->uniform)
		note_walk(s);
	else
		note_trace(s->report, s->stage.fibers);
}

bool explore_spin_text(const struct explore_report *report, char *text, size_t size)
{
	const struct site *site = report->spin_site;

	if (!site)
		return false;
	snprintf(text, size,
		 "cpu%u went round at %s: \"%s\" until the limit of steps: a loop that waits for "
		 "another thread has to wait by await_change()",
		 report->spin_cpu + 1, site->func, site->text);
	return true;
}
