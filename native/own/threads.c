/* SPDX-License-Identifier: MIT */
/*
 * Threads. To begin one is not a point: the child runs to its first point at once, as part of what
 * its parent does, and what comes before that only detectors could see, which go by clocks. Its end
 * is none either: it opens a gate for the thread that joins it.
 */
#include <stdio.h>

#include "learn.h"
#include "process.h"
#include "own_tso.h"
#include "sync.h"

static uint32_t begun; /* bit n: thread n has, in this execution */

/* Member by member: that takes less time than to clear it as a whole. */
static void begin(struct own_thread *t)
{
	const own_clock nothing = {0};

	t->released = t->to_acquire = nothing;
	t->has_released = t->detached = t->joined = t->in_signal = false;
	t->lives = true;
	t->result = NULL;
	t->saved_errno = 0;
	t->exceptions[0] = t->exceptions[1] = 0;
	t->progress = 0;
	t->loop.locks = 0;
	t->loop.parked = 0;
	t->loop.stamp = 0;
	t->pending.word = NULL;
	t->wait.what = NULL;
	t->handlers = NULL;
	t->cancel_state = t->cancel_type = 0;
}

void own_threads_reset(void)
{
	struct own_thread *first = &own.thread[0];

	own_locals_reset();
	begun = 1;
	own.count = 1;
	own_runs(0);
	begin(first);
	first->clock = (own_clock){0};
	own_tick_of(first, 0);
	own_tls_begin(0);
}

uint32_t own_spawn(void *(*function)(void *), void *argument, uintptr_t pc)
{
	return own_spawn_as(function, argument, pc, false, NULL);
}

uint32_t own_spawn_as(void *(*function)(void *), void *argument, uintptr_t pc, bool detached,
		      uintptr_t *handle)
{
	struct own_thread *me = own_me(), *child;
	struct ending *ending;
	uint32_t number, was;

	if (!own.inside)
		own_refuse(pc, "A constructor begins a thread, before main(); begin it in main()");
	/* The store of another thread may come first. */
	if (own_tso_waits_in(own.current)) {
		ending = own_object(own.current, OWN_ENDING);
		own_point(POINT_RMW, &ending->state, own_site(pc));
	}
	/* Threads are numbered as they begin, which a schedule decides. */
	number = own.count;
	if (number == FLUSH_THREADS && own.memory == EXPLORE_TSO)
		own_refuse(pc,
			   "The program begins more than %d threads, main() among them, under tso; "
			   "begin fewer: two or three show most bugs",
			   FLUSH_THREADS);
	if (number == OWN_THREADS)
		own_refuse(pc,
			   "The program begins more than %d threads, main() among them; begin "
			   "fewer: two or three show most bugs",
			   OWN_THREADS);
	if (handle)
		*handle = OWN_HANDLE(number);
	child = &own.thread[number];
	begin(child);
	child->detached = detached;
	child->function = function;
	child->argument = argument;
	child->clock = me->clock;
	own_tick_of(child, number);
	own_tick();
	me->progress++;
	own.count++;
	begun |= 1u << number;
	own_locals_begin(number);
	own_tls_begin(number);
	ending_init(me->task, own_object(number, OWN_ENDING));
	was = own_leave();
	if (fibers_spawn(me->task, number))
		machine_bug("%s cannot begin", own_name(number));
	own_return(was);
	return number;
}

void own_thread_run(uint32_t number)
{
	struct own_thread *me = &own.thread[number];
	int status;

	me->first_frame = (uintptr_t)__builtin_frame_address(0);
	if (unlikely(own.wipes))
		own_wipe_more();
	own_return(number);
	if (number) {
		me->result = me->function(me->argument);
		own_thread_end(me->result, (uintptr_t)me->function + 1);
	}
	ending_init(me->task, own_object(0, OWN_ENDING));
	status = own_call_main();
	if (own_options.main_waits)
		own_thread_end(NULL, own_process.main_at + 1);
	own_exit_process(status, own_process.main_at + 1);
}

/* Whether somebody asks if @number has ended: then that it ends is a step. */
static bool is_asked_for(uint32_t number)
{
	return own_knows(OWN_FACT_TRIED, number);
}

/* The program ends here. */
static void look_at_outcome(void)
{
	own_end_lines();
	own_look_at_outcome();
}

void own_thread_exit(void *result)
{
	own_thread_end(result, OWN_PC());
}

void own_thread_end(void *result, uintptr_t pc)
{
	struct own_thread *me = own_me();
	uint32_t number = own.current;
	struct ending *ending;

	own_locals_end(number);
	ending = own_object(number, OWN_ENDING);
	/* What waits in its buffer comes to memory before. */
	if (own_tso_waits_in(number))
		own_point(POINT_STOP, own_process_word(), own_site(pc));
	if (is_asked_for(number))
		own_point(POINT_RMW, &ending->state, own_site(pc));
	me->result = result;
	me->lives = false;
	if (is_asked_for(number))
		own_changed(&ending->state);
	if (me->task->fibers->running == 1u << number)
		look_at_outcome();
	own_leave();
	if (me->task->fibers->running == 1u << number && own_options.leaks)
		own_heap_leaks();
	thread_ends_at(me->task, ending, own_site(pc));
	fibers_quit(me->task, 0);
}

/* Whether all other threads have ended, and somebody has waited for that. */
static bool is_last(uint32_t number)
{
	for (uint32_t other = 0; other < OWN_THREADS; other++)
		if (other != number && begun >> other & 1 && !own.thread[other].joined)
			return false;
	return true;
}

/* A story says that others were cut off. */
static void tell_left(uint32_t left)
{
	char text[64];

	if (likely(!own.telling) || !left)
		return;
	snprintf(text, sizeof(text),
		 left == 1 ? "%u thread was still running" : "%u threads were still running", left);
	own_noted(text);
}

/*
 * What others have done by then decides how the process ends: it is a step that depends on all of
 * theirs. Where there are none left, nobody can see when it was.
 */
void own_end_process(uintptr_t pc)
{
	struct own_thread *me = own_me();
	bool last = is_last(own.current);

	if (!last || own_tso_waits_in(own.current))
		own_point(POINT_STOP, own_process_word(), own_site(pc));
	tell_left((uint32_t)__builtin_popcount(me->task->fibers->running & ~(1u << own.current)));
	look_at_outcome();
	own_leave();
	if (own_options.leaks)
		own_heap_leaks();
	if (last)
		fibers_quit(me->task, 0);
	fibers_end(me->task);
}

bool own_has_begun(uint32_t number)
{
	return number < OWN_THREADS && begun >> number & 1;
}
