/* SPDX-License-Identifier: MIT */
/* Sentences about threads that wait, and what it is when nobody can go on. */
#include "objects.h"

#include <stdio.h>
#include <string.h>

#include "process.h"

#define NOBODY_HOLDS UINT32_MAX

const char own_end_of_thread[] = "a thread to end";
const char own_assumption[] = "an assumption that does not hold";

const char *own_name(uint32_t thread)
{
	static const char names[][12] = {"thread 1",  "thread 2",  "thread 3",	"thread 4",
					 "thread 5",  "thread 6",  "thread 7",	"thread 8",
					 "thread 9",  "thread 10", "thread 11", "thread 12",
					 "thread 13", "thread 14", "thread 15", "thread 16"};

	_Static_assert(sizeof(names) / sizeof(*names) == OWN_THREADS, "each thread has a name");
	return names[thread];
}

/* The thread that holds the lock which @wait is for. */
static uint32_t holder_of(const struct own_wait *wait)
{
	uint64_t state;

	if (wait->what == own_mutexes.name || wait->what == own_spinlocks.name) {
		const struct word *w = own_object(wait->on, OWN_MUTEX);

		return (uint32_t)(word_peek(w) & OWN_HOLDER) - 1;
	}
	if (wait->what != own_rwlocks.name)
		return NOBODY_HOLDS;
	state = word_peek(own_object(wait->on, OWN_RWLOCK));
	if (state & RWSEM_WRITER)
		return (uint32_t)((state & RWSEM_WRITER) >> RWSEM_WRITER_SHIFT) - 1;
	return NOBODY_HOLDS;
}

bool own_wait_text(uint32_t thread, char *text, size_t size)
{
	const struct own_thread *t = &own.thread[thread];
	uint32_t holder;

	if (!own_has_begun(thread) || !t->lives)
		return false;
	if (t->loop.parked) {
		snprintf(text, size, "%s goes round and waits for a change", own_name(thread));
		return true;
	}
	if (!t->wait.what)
		return false;
	if (t->wait.what == own_end_of_thread) {
		snprintf(text, size, "%s waits for %s to end", own_name(thread),
			 own_name((uint32_t)t->wait.on));
		return true;
	}
	holder = holder_of(&t->wait);
	if (holder < OWN_THREADS)
		snprintf(text, size, "%s waits for %s that %s%s holds", own_name(thread),
			 t->wait.what, own_name(holder),
			 own.thread[holder].lives ? "" : ", which has ended,");
	else
		snprintf(text, size, "%s waits for %s", own_name(thread), t->wait.what);
	return true;
}

/* A deadlock is where a thread waits for what nobody gives; others may wait for that thread to end.
 */
static void place_deadlock(uint32_t running, struct fiber_fault *fault)
{
	for (uint32_t left = running; left; left &= left - 1) {
		uint32_t cpu = (uint32_t)__builtin_ctz(left);
		const struct own_wait *wait = &own.thread[cpu].wait;

		if (!wait->what)
			continue;
		fault->cpu = cpu;
		fault->site = own_site(wait->pc);
		if (wait->what != own_end_of_thread)
			return;
	}
}

bool own_stuck(uint32_t running, struct fiber_fault *fault)
{
	const struct own_thread *round = NULL;

	for (uint32_t left = running; left; left &= left - 1) {
		const struct own_thread *t = &own.thread[__builtin_ctz(left)];

		if (t->wait.what == own_assumption)
			return false;
		if (t->loop.parked && !round)
			round = t;
	}
	if (round) {
		fault->kind = FAULT_LIVELOCK;
		fault->site = own_site(round->loop.parked);
		fault->cpu = (uint32_t)(round - own.thread);
	} else {
		place_deadlock(running, fault);
	}
	return true;
}
