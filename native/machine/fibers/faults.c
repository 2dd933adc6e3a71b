/* SPDX-License-Identifier: MIT */
/* Faults of fibers, and what a watched execution sees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doubt.h"

#define MESSAGE_MAX 256

/* After these the rest means nothing: the counts no longer say which thread holds what. */
static bool ends_all(enum fault_kind kind)
{
	return kind == FAULT_REFCOUNT_RESURRECT || kind == FAULT_OPEN_OF_FREEING;
}

void fibers_note_fault(struct fibers *f, uint32_t kind, const struct site *site, uint32_t cpu)
{
	f->fault_kinds |= 1u << kind;
	if (f->fault_count < EXECUTION_FAULTS_MAX)
		f->fault[f->fault_count++] = (struct fiber_fault){
			.kind = kind, .site = site, .cpu = cpu, .step = f->steps};
}

uint64_t fibers_hash_of_faults(const struct fibers *f)
{
	uint64_t hash = 0;

	for (uint32_t i = 0; i < f->fault_count; i++)
		hash += fibers_mix(f->fault[i].kind + 1, (uintptr_t)f->fault[i].site);
	return hash;
}

/* Of the search that sets a model up on this OS thread now. */
static _Thread_local struct {
	struct fibers *fibers;
	jmp_buf out;
} setup;

bool fibers_setting_up(void)
{
	return setup.fibers != NULL;
}

bool fibers_set_up(struct fibers *f, void (*body)(void *context), void *context)
{
	bool fine = false;

	setup.fibers = f;
	if (!_setjmp(setup.out)) {
		body(context);
		fine = true;
	}
	setup.fibers = NULL;
	return fine;
}

void fibers_refuse(struct task *t, const char *format, ...)
{
	struct fibers *f = setup.fibers ? setup.fibers : t ? t->fibers : NULL;
	char text[REFUSED_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (!f || !f->refused)
		machine_bug("%s", text);
	if (!f->refused[0])
		memcpy(f->refused, text, sizeof(text));
	if (setup.fibers)
		_longjmp(setup.out, 1);
	f->ended = true;
	fibers_leave(f, t->common.cpu);
}

void machine_refuse(const char *format, ...)
{
	char text[REFUSED_MAX];
	va_list arguments;

	if (!fibers_setting_up())
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	fibers_refuse(NULL, "%s", text);
}

static void record(struct task *t, enum fault_kind kind, const struct site *site,
		   const char *format, va_list arguments)
{
	const struct recorder *recorder;
	char message[MESSAGE_MAX];
	struct fault_event event = {
		.kind = kind, .site = site, .message = message, .cpu = t->common.cpu};

	if (unlikely(fibers_setting_up()))
		fibers_refuse(NULL,
			      "%s: \"%s\" is a fault in `init` or `enter`: no thread runs yet",
			      site->func, site->text);
	recorder = &t->common.machine->recorder;
	fibers_note_fault(t->fibers, kind, site, t->common.cpu);
	if (!t->fibers->reporting || !recorder->record)
		return;
	vsnprintf(message, sizeof(message), format, arguments);
	recorder->record(recorder->context, t, &event);
}

void machine_report(struct task *t, enum fault_kind kind, const struct site *site,
		    const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	record(t, kind, site, format, arguments);
	va_end(arguments);
	if (!machine_runs_on(t) && !(t->fibers->passes >> kind & 1)) {
		t->fibers->ended = true;
		fibers_replan(t->fibers);
	}
}

/* What stays of @t's past when it stops: without outcomes, only that it has stopped. */
static uint64_t past_of(const struct task *t)
{
	if (!t->fibers->has_outcomes)
		return 2;
	return fibers_mix(2, t->results ? t->results : t->history);
}

/* The task of a fault that is recorded stops. */
static _Noreturn void stop(struct task *t, enum fault_kind kind, const struct site *site)
{
	struct fibers *f = t->fibers;

	f->dead |= 1u << t->common.cpu;
	if (unlikely(f->doubt && !f->alone))
		doubt_end(f->doubt, t, fibers_mix(kind, (uintptr_t)site));
	t->history = fibers_mix(fibers_mix(past_of(t), kind), (uintptr_t)site);
	if (!f->hot.run_on || ends_all(kind))
		f->ended = true;
	fibers_leave(f, t->common.cpu);
}

void machine_fault(struct task *t, enum fault_kind kind, const struct site *site,
		   const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	record(t, kind, site, format, arguments);
	va_end(arguments);
	stop(t, kind, site);
}

void machine_slip(struct task *t, enum fault_kind kind, const struct site *site, const char *format,
		  ...)
{
	va_list arguments;

	va_start(arguments, format);
	record(t, kind, site, format, arguments);
	va_end(arguments);
	if (!machine_runs_on(t))
		stop(t, kind, site);
}

/* --- what a watched execution sees --- */

/* What @t's last access saw; NULL when the last access is not its own. */
static struct sighting *last_sighting(const struct task *t)
{
	const struct fibers *f = t->fibers;

	if (f->hot.mode > FIBERS_WEAK || !f->length || f->trace[f->length - 1].cpu != t->common.cpu)
		return NULL;
	return &f->sighting[f->length - 1];
}

void fibers_watch_read(struct task *t, uint64_t value)
{
	struct sighting *seen = last_sighting(t);

	if (!seen || seen->has_read)
		return;
	seen->read = value;
	seen->has_read = true;
}

void fibers_watch_write(struct task *t, const struct word *w, uint64_t old, uint64_t value)
{
	const struct fibers *f = t->fibers;
	uint32_t place = (uint32_t)(((const char *)w - f->hot.memory) / sizeof(*w));
	struct sighting *seen = last_sighting(t);

	if (!seen || seen->has_written || place != f->trace[f->length - 1].place)
		return;
	seen->was = old;
	seen->wrote = value;
	seen->has_written = true;
}

void fibers_saw_note(struct task *t, enum note_id id)
{
	struct sighting *seen = last_sighting(t);

	if (seen)
		seen->notes |= UINT64_C(1) << id;
}
