/* SPDX-License-Identifier: MIT */
#include "story.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "arrays.h"
#include "clocks.h"
#include "lacks.h"
#include "memory.h"
#include "races.h"
#include "schedule.h"
#include "site.h"

#define NO_OP UINT32_MAX

/* The last writer of a word, by step. */
struct writer {
	uint32_t step, cpu;
	uint32_t waiting; /* writes that have not left a buffer, as far as steps say */
};

struct telling {
	struct stage stage;
	const struct teller *teller;
	struct trace *trace;
	struct writer *writer; /* one a word */
	struct races *races;   /* NULL: nobody looks for them */
	struct wanted_fault wanted;
	char (*message)[TRACE_MESSAGE_MAX]; /* one a fault */
	uint32_t steps;
};

static void name_value(const struct telling *telling, const struct access *a, uint64_t value,
		       char *text)
{
	const struct teller *teller = telling->teller;

	if (!teller || !teller->value || !teller->value(telling->stage.fibers, a, value, text))
		snprintf(text, TRACE_VALUE_MAX, "%lld", (long long)value);
}

static bool is_lock(enum trace_kind kind)
{
	return kind == TRACE_LOCK || kind == TRACE_UNLOCK || kind == TRACE_QUEUE;
}

static void tell_values(struct telling *telling, const struct access *a,
			const struct sighting *seen, struct trace_line *line)
{
	if (is_lock(line->kind) || line->kind == TRACE_FREE)
		return;
	if (seen->has_written) {
		name_value(telling, a, seen->was, line->was);
		name_value(telling, a, seen->wrote, line->wrote);
		line->has_written = line->was[0] || line->wrote[0];
	} else if (seen->has_read && trace_kind_of(a) != TRACE_WRITE) {
		name_value(telling, a, seen->read, line->read);
		line->has_read = line->read[0];
	}
}

/* Note the write that a read reads from, and remember the write of a word. */
static void follow_writes(struct telling *telling, const struct access *a, struct trace_line *line)
{
	struct writer *from = &telling->writer[a->place];
	const struct fibers *f = telling->stage.fibers;

	/* A write in a buffer is its own thread's alone; while one waits, nobody is named. */
	if (f->weak_choice && line->kind == TRACE_WRITE && f->option[line->step - 1]) {
		from->waiting++;
		return;
	}
	from->waiting -= line->kind == TRACE_FLUSH && from->waiting;
	if (!from->waiting &&
	    (line->kind == TRACE_READ || line->kind == TRACE_UPDATE || line->kind == TRACE_WAIT) &&
	    from->step && from->cpu != a->cpu) {
		line->from_step = from->step;
		line->from_cpu = from->cpu;
	}
	if (is_lock(line->kind) || !access_writes(a) || line->kind == TRACE_STOP)
		return;
	for (uint32_t i = 0; i < a->words; i++)
		telling->writer[a->place + i] = (struct writer){
			telling->steps, a->cpu, telling->writer[a->place + i].waiting};
}

/* What a weak memory model says of an access: it may have read an older write than the last. */
static void tell_order(struct telling *telling, const struct sighting *seen,
		       struct trace_line *line)
{
	const struct fibers *f = telling->stage.fibers;

	if (!f->option || line->kind == TRACE_UNLOCK || !line->step)
		return;
	line->option = f->option[line->step - 1];
	if (seen->missed.step) {
		line->missed_step = seen->missed.step;
		line->missed_cpu = seen->missed.cpu;
		line->missed_waits = !seen->is_weak;
	}
	if (!seen->is_weak)
		return;
	line->from_step = line->from_cpu = TRACE_NOBODY;
	if (seen->from.step && seen->from.cpu != line->cpu) {
		line->from_step = seen->from.step;
		line->from_cpu = seen->from.cpu;
	}
	if (seen->before.step) {
		line->before_step = seen->before.step;
		line->before_cpu = seen->before.cpu;
	}
	line->lacks = seen->lacks;
	line->lacks_order = seen->lacks_order;
}

static void executed(void *context, const struct access *a)
{
	struct telling *telling = context;
	const struct fibers *f = telling->stage.fibers;
	struct trace_line *line = &telling->trace->line[telling->trace->count++];

	if (!access_is_release(a))
		telling->steps++;
	*line = (struct trace_line){.step = telling->steps,
				    .cpu = a->cpu,
				    .op = NO_OP,
				    .minor = NO_OP,
				    .site = a->site,
				    .from_step = TRACE_NOBODY,
				    .from_cpu = TRACE_NOBODY,
				    .missed_step = TRACE_NOBODY,
				    .missed_cpu = TRACE_NOBODY,
				    .before_step = TRACE_NOBODY,
				    .before_cpu = TRACE_NOBODY};
	if (telling->teller && telling->teller->doing)
		telling->teller->doing(f, a->cpu, &line->op, &line->minor);
	if (telling->teller && telling->teller->touches)
		telling->teller->touches(f, a, line);
}

/* Values are known when the execution has ended. */
static void finish_lines(struct telling *telling)
{
	const struct fibers *f = telling->stage.fibers;

	telling->steps = 0;
	for (uint32_t i = 0; i < telling->trace->count; i++) {
		const struct access *a = &f->trace[i];
		struct trace_line *line = &telling->trace->line[i];

		telling->steps = line->step;
		line->kind = fibers_is_flush(f, line->step) && !access_is_release(a)
				     ? TRACE_FLUSH
				     : trace_kind_of(a);
		line->notes = f->sighting[i].notes;
		tell_values(telling, a, &f->sighting[i], line);
		follow_writes(telling, a, line);
		tell_order(telling, &f->sighting[i], line);
	}
}

static void mark_step(struct trace *trace, uint32_t step)
{
	for (size_t i = 0; i < trace->count && trace->line[i].step <= step; i++)
		if (trace->line[i].step == step && trace->line[i].kind != TRACE_UNLOCK)
			trace->line[i].key = true;
}

/*
 * What the story cannot do without: notes, what touches the object that the fault is about, where
 * one thread's stretch begins and ends, what is read from another's write, and that write.
 */
static void mark_keys(struct telling *telling)
{
	const struct fibers *f = telling->stage.fibers;
	struct trace *trace = telling->trace;
	const struct access *last = trace->count ? &f->trace[trace->count - 1] : NULL;

	for (uint32_t i = 0; i < trace->count; i++)
		if (trace->line[i].faulted)
			last = &f->trace[i];
	for (uint32_t i = 0; i < trace->count; i++) {
		struct trace_line *line = &trace->line[i];
		const struct access *a = &f->trace[i];

		line->key = line->key || line->notes || line->faulted ||
			    (i && trace->line[i - 1].cpu != line->cpu) ||
			    (i + 1 < trace->count && trace->line[i + 1].cpu != line->cpu) ||
			    line->kind == TRACE_FREE || line->kind == TRACE_STOP;
		if (trace->faulted && trace->fault_cpu < trace->cpus && last &&
		    !access_stops(last) && !access_stops(a) && last->place < a->place + a->words &&
		    a->place < last->place + last->words)
			line->key = true;
		if (line->missed_step != TRACE_NOBODY || line->before_step != TRACE_NOBODY) {
			line->key = true;
			mark_step(trace, line->missed_step != TRACE_NOBODY ? line->missed_step
									   : line->before_step);
		}
		if (line->has_read && line->from_step != TRACE_NOBODY) {
			line->key = true;
			mark_step(trace, line->from_step);
		}
	}
}

static void keep_message(void *context, struct task *t, const struct fault_event *event)
{
	struct telling *telling = context;

	/* It has been noted just before, unless there were too many. */
	uint32_t at = t->fibers->fault_count - 1;

	if (t->fibers->fault[at].site == event->site && !telling->message[at][0])
		snprintf(telling->message[at], TRACE_MESSAGE_MAX, "%s", event->message);
}

static bool is_wanted(const struct fiber_fault *fault, const struct wanted_fault *wanted)
{
	if (wanted->kind != EXPLORE_ANY_FAULT && wanted->kind != fault->kind)
		return false;
	return !wanted->site || wanted->site == site_digest(fault->site->func, fault->site->text);
}

/* The fault of the story: the wanted one, else the first. */
static uint32_t choose_fault(struct telling *telling)
{
	const struct fibers *f = telling->stage.fibers;

	for (uint32_t i = 0; i < f->fault_count; i++)
		if (is_wanted(&f->fault[i], &telling->wanted)) {
			telling->trace->met = true;
			return i;
		}
	return 0;
}

static void tell_fault(struct telling *telling)
{
	const struct fibers *f = telling->stage.fibers;
	struct trace *trace = telling->trace;
	uint32_t told = choose_fault(telling);
	const struct fiber_fault *fault = &f->fault[told];

	if (!f->fault_count)
		return;
	trace->faulted = true;
	trace->fault = fault->kind;
	trace->fault_cpu = fault->cpu;
	trace->fault_site = fault->site;
	memcpy(trace->message, telling->message[told], sizeof(trace->message));
	if (trace->fault == FAULT_DATA_RACE && telling->races)
		races_text(telling->races, told, trace->message, sizeof(trace->message));
	for (size_t i = trace->count; i-- && fault->cpu < trace->cpus;)
		if (trace->line[i].cpu == fault->cpu && trace->line[i].step <= fault->step &&
		    !access_is_release(&f->trace[i])) {
			trace->line[i].faulted = true;
			/* A race stops nobody, but the story ends with it. */
			if (fault->kind == FAULT_DATA_RACE)
				trace->count = i + 1;
			break;
		}
}

/* Steps up to the fault of the story: if executions run on after faults, other steps follow. */
static uint32_t steps_told(struct telling *telling)
{
	const struct fibers *f = telling->stage.fibers;

	return f->fault_count ? f->fault[choose_fault(telling)].step : f->steps;
}

static int prepare(struct telling *telling, const struct explore_model *model, bool races)
{
	struct fibers *f = telling->stage.fibers;

	telling->trace->line = calloc(TRACE_MAX, sizeof(*telling->trace->line));
	telling->writer = array_new(model->memory_bytes / sizeof(struct word) + 1, 1,
				    sizeof(*telling->writer));
	telling->message = calloc(EXECUTION_FAULTS_MAX, sizeof(*telling->message));
	if (races)
		telling->races = races_new(f, model->memory_bytes);
	if (!telling->trace->line || !telling->writer || !telling->message ||
	    (races && !telling->races))
		return -ENOMEM;
	telling->stage.machine->recorder =
		(struct recorder){.record = keep_message, .context = telling};
	f->hot.watching = true;
	f->reporting = true;
	f->executed = executed;
	f->executed_context = telling;
	return 0;
}

/* What each thread of @model does. Returns 0 or -ENOMEM. */
static int entitle(const struct telling *telling, const struct explore_model *model)
{
	const struct teller *teller = telling->teller;
	struct trace *trace = telling->trace;

	if (!teller || !teller->title)
		return 0;
	trace->title = calloc(model->threads, sizeof(*trace->title));
	for (uint32_t cpu = 0; trace->title && cpu < model->threads; cpu++) {
		trace->title[cpu] = teller->title(model, cpu);
		if (!trace->title[cpu])
			return -ENOMEM;
	}
	return trace->title ? 0 : -ENOMEM;
}

int explore_tell_as(const struct explore_model *model, const struct explore_plan *plan,
		    const struct schedule *schedule, const struct teller *teller,
		    struct wanted_fault wanted, struct trace *trace)
{
	struct telling telling = {.teller = teller, .trace = trace, .wanted = wanted};
	struct schedule taken = {0};
	struct memory *memory = NULL;
	int r;

	*trace = (struct trace){.cpus = model->threads};
	r = stage_open(&telling.stage, model, teller ? teller->steps_max : 0);
	if (!r || r == -EFAULT) {
		bool before_failed = r == -EFAULT;

		r = prepare(&telling, model, plan->races && plan->memory == EXPLORE_SC);
		if (!r && plan->memory != EXPLORE_SC) {
			memory = memory_new(telling.stage.fibers, plan);
			r = memory ? 0 : -ENOMEM;
			if (memory && teller)
				memory_set_orders(memory, teller->orders, teller->order_count);
		}
		if (!r)
			r = entitle(&telling, model);
		/* Then no choice was made, and none can be missing. */
		trace->reproduced = before_failed && !schedule->count;
		if (!r && !before_failed) {
			telling.stage.fibers->hot.run_on = plan->run_on;
			trace->reproduced = schedule_run(schedule, &telling.stage);
			if (teller && teller->ended)
				teller->ended(telling.stage.fibers);
			trace->steps = steps_told(&telling);
			r = telling.stage.refused[0]
				    ? -EINVAL
				    : schedule_take(&taken, telling.stage.fibers, trace->steps,
						    &trace->preemptions);
		}
		if (!r) {
			tell_fault(&telling);
			finish_lines(&telling);
			mark_keys(&telling);
		}
	}
	schedule_free(&taken);
	memory_free(memory);
	races_free(telling.races);
	free(telling.writer);
	free(telling.message);
	stage_close(&telling.stage);
	if (!r && plan->memory == EXPLORE_RC11 && trace->reproduced && !(teller && teller->bare))
		r = trace_find_lacks(model, plan, schedule, trace);
	if (r)
		trace_free(trace);
	return r;
}

int explore_tell_of(const struct explore_model *model, const struct schedule *schedule, bool run_on,
		    bool races, const struct teller *teller, struct wanted_fault wanted,
		    struct trace *trace)
{
	struct explore_plan plan = {.run_on = run_on, .races = races};

	return explore_tell_as(model, &plan, schedule, teller, wanted, trace);
}

int explore_tell(const struct explore_model *model, const struct schedule *schedule, bool run_on,
		 bool races, const struct teller *teller, struct trace *trace)
{
	return explore_tell_of(model, schedule, run_on, races, teller,
			       (struct wanted_fault){.kind = EXPLORE_ANY_FAULT}, trace);
}
