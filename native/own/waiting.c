/* SPDX-License-Identifier: MIT */
/* Sentences about threads that wait, and what it is when nobody can go on. */
#include "objects.h"

#include <stdio.h>
#include <string.h>

#define NOBODY_HOLDS UINT32_MAX

const char own_assumption[] = "an assumption that does not hold";

const char *own_name(uint32_t thread)
{
	static const char names[][12] = {"main()",    "thread 1",  "thread 2",	"thread 3",
					 "thread 4",  "thread 5",  "thread 6",	"thread 7",
					 "thread 8",  "thread 9",  "thread 10", "thread 11",
					 "thread 12", "thread 13", "thread 14", "thread 15"};

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

	if (!t->lives)
		return false;
	if (t->loop.parked) {
		snprintf(text, size, "%s goes round and waits for a change", own_name(thread));
		return true;
	}
	if (!t->wait.what)
		return false;
	holder = holder_of(&t->wait);
	if (holder < OWN_THREADS)
		snprintf(text, size, "%s waits for %s that %s holds", own_name(thread),
			 t->wait.what, own_name(holder));
	else
		snprintf(text, size, "%s waits for %s", own_name(thread), t->wait.what);
	return true;
}

static void add_sentences(char *text, size_t size)
{
	size_t length = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < own.count; i++) {
		char one[128];

		if (!own_wait_text(i, one, sizeof(one)) || length + strlen(one) + 3 > size)
			continue;
		length += (size_t)snprintf(text + length, size - length, "%s%s", length ? "; " : "",
					   one);
	}
}

bool own_stuck(enum fault_kind *kind, uintptr_t *pc, char *text, size_t size)
{
	for (uint32_t i = 0; i < own.count; i++)
		if (own.thread[i].lives && own.thread[i].wait.what == own_assumption)
			return false;
	*kind = FAULT_DEADLOCK;
	*pc = 0;
	add_sentences(text, size);
	for (uint32_t i = 0; i < own.count; i++) {
		const struct own_thread *t = &own.thread[i];

		if (!t->lives || !t->loop.parked)
			continue;
		*kind = FAULT_LIVELOCK;
		*pc = t->loop.parked;
		break;
	}
	return true;
}
