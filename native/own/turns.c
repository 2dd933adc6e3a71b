/* SPDX-License-Identifier: MIT */
/*
 * Threads that hinder each other: each takes a lock, finds another taken, gives its own back, and
 * tries again, as std::lock() does. While two do that in step, neither of them waits, nor gets on,
 * and an unfair schedule goes round for ever. What is the same again, of all threads, has no future
 * that it did not have the first time: there a thread that holds no lock stops, the others go on,
 * and at its end the execution says nothing.
 *
 * What all threads are is a hash: of each the stack where it read last, what it found of locks
 * since then, and its progress; what memory and locks hold. It is looked at where a lock that was
 * found taken is given back, and by a thread that comes to such a place again.
 */
#include "objects.h"

#include "gates.h"
#include "state.h"

#define REMEMBERED 256

bool own_turns;

static struct turn {
	uint64_t state; /* where it read last */
	uint64_t since; /* what it found of locks, and gave back */
} turns[OWN_THREADS];

static uint64_t remembered[REMEMBERED];
static uint32_t count;

void own_turns_reset(void)
{
	if (likely(!own_turns))
		return;
	memset(turns, 0, sizeof(turns));
	count = 0;
	own_turns = false;
}

void own_turn_goes_on(uint64_t what)
{
	turns[own.current].since = own_mix(turns[own.current].since, what);
}

static uint64_t state_of_all(uintptr_t pc)
{
	uint64_t hash = own_mix(own.current + 1, pc);

	for (uint32_t i = 0; i < own.count; i++) {
		const struct own_thread *t = &own.thread[i];

		hash = own_mix(own_mix(hash, turns[i].state), turns[i].since);
		hash = own_mix(own_mix(hash, t->progress), t->loop.locks | t->lives << 16);
		hash = own_mix(hash, t->loop.parked);
	}
	return own_mix(own_locks_hash(), own_heap_hash(own_data_hash(hash)));
}

/* Whether that was there before in this execution. */
static bool is_again(uint64_t state)
{
	for (uint32_t i = 0; i < count; i++)
		if (remembered[i] == state)
			return true;
	if (count < REMEMBERED)
		remembered[count++] = state;
	return false;
}

static uint64_t stays_shut(uint64_t value, uint64_t by)
{
	(void)by;
	return value;
}

void own_stop(uintptr_t pc)
{
	struct word *gate = own_object(own.current, OWN_LOOP);

	own_waits(own_assumption, NULL, pc);
	gate_close(own_me()->task, gate);
	own_leave();
	gate_take(own_me()->task, gate, stays_shut, 0, own_site(pc));
	machine_bug("a thread goes on that has stopped for good");
}

void own_turn_begins(uint64_t state)
{
	turns[own.current] = (struct turn){.state = state};
}

void own_turn_ends(uintptr_t pc)
{
	if (!own_me()->loop.locks && is_again(state_of_all(pc)))
		own_stop(pc);
}

uint64_t own_turns_state(void)
{
	uint64_t hash = 0;

	if (likely(!own_turns))
		return 0;
	for (uint32_t i = 0; i < count; i++)
		hash += fibers_mix(1, remembered[i]);
	return own_hash_bytes(hash, turns, own.count * sizeof(turns[0]));
}
