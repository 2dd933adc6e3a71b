/* SPDX-License-Identifier: MIT */
/* Points and faults of the program: where it leaves for the explorer, and comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include "process.h"

#define MESSAGE_MAX 256

struct own own = {.execution = 1, .me = own.thread};
struct own_library own_library;
struct own_options own_options;
struct own_before own_before;
struct own_process own_process;

/* What stands there now, up to eight bytes of it. */
static uint64_t value_at(uintptr_t address, unsigned int size)
{
	uint64_t value = 0;

	memcpy(&value, (const void *)address, size < sizeof(value) ? size : sizeof(value));
	return value;
}

/* A plain write that was a point has been made since: its mirror gets what it wrote. */
void own_finish_write(struct own_thread *me)
{
	struct word *w = me->pending.word;
	uint64_t value = value_at(me->pending.address, me->pending.size);
	bool changes = word_peek(w) != value;

	me->pending.word = NULL;
	/* A story has what was written, also where that was there before. */
	if (changes || own.telling)
		word_store(me->task, w, value);
	if (changes)
		own_changed(w);
}

void own_keep_exceptions(struct own_thread *thread)
{
	const struct own_library *library = &own_library;

	if (library->exceptions) {
		thread->exceptions[0] = library->exceptions[0];
		thread->exceptions[1] = library->exceptions[1];
	}
	if (library->once[0]) {
		thread->once[0] = *library->once[0];
		thread->once[1] = *library->once[1];
	}
}

void own_give_exceptions_back(const struct own_thread *thread)
{
	const struct own_library *library = &own_library;

	if (library->exceptions) {
		library->exceptions[0] = thread->exceptions[0];
		library->exceptions[1] = thread->exceptions[1];
	}
	if (library->once[0]) {
		*library->once[0] = thread->once[0];
		*library->once[1] = thread->once[1];
	}
}

void own_settle(struct word *w, uint64_t value)
{
	fibers_settle(own_me()->task, w, value);
}

/* --- faults --- */

/* Before main() there is no execution: loading ends, with the fault. */
static _Noreturn void fault_before_main(enum fault_kind kind, uintptr_t pc, const char *text)
{
	own_before.met = true;
	own_before.kind = kind;
	own_before.pc = pc;
	snprintf(own_before.message, sizeof(own_before.message), "%s", text);
	_longjmp(own_process.out_of_loading, 1);
}

/* What the next fault of the execution is about. */
static void keep_about(const struct fibers *f)
{
	if (f->fault_count < EXECUTION_FAULTS_MAX)
		own.about[f->fault_count] = own.next_about;
	own.next_about = (struct own_about){0};
}

void own_fault(enum fault_kind kind, uintptr_t pc, const char *format, ...)
{
	char text[MESSAGE_MAX];
	va_list arguments;
	struct task *t = own_me()->task;

	own.inside = false;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (own.loading)
		fault_before_main(kind, pc, text);
	own_leave();
	keep_about(t->fibers);
	machine_fault(t, kind, own_site(pc), "%s", text);
}

void own_report(enum fault_kind kind, uintptr_t pc, const char *format, ...)
{
	char text[MESSAGE_MAX];
	struct task *t = own_me()->task;
	va_list arguments;
	bool was = own.inside;
	uintptr_t other;

	own.inside = false;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (own.loading)
		fault_before_main(kind, pc, text);
	other = own.next_about.other;
	keep_about(t->fibers);
	machine_report(t, kind,
		       other && kind == FAULT_DATA_RACE ? own_site_of_pair(pc, other)
							: own_site(pc),
		       "%s", text);
	own.inside = was;
}
