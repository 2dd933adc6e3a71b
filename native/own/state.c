/* SPDX-License-Identifier: MIT */
/*
 * The state of a program between two steps. Searches that remember states run executions from the
 * beginning and cut them off where they come to a state that was there before, so that two states
 * with one hash have to have the same future: the same steps, faults, outcomes. What is hashed:
 *
 * - the true bytes of data, of thread-local memory, of blocks that are allocated, and of each
 *   stack from where its thread stopped, with the registers that survive the point. Whatever wrote
 *   them, the program or a library, is seen.
 * - what the runtime knows: mirrors of locks and of other objects, blocks that were freed, what
 *   each thread waits for and is about to do, the detector of loops, keys, handlers, sequences of
 *   random numbers, what was printed of a line, recorded outcomes (the host adds them).
 * - under a weak memory model, what the writes that can still be read hand on: the model adds what
 *   they are, and what each thread knows of them.
 * - what detectors know: accesses that a later one may race with, and clocks, as ranks.c has them.
 *
 * The number of steps is not: a thread that tries again and finds all as it was is where it was, so
 * that states have cycles, which states_again.c knows.
 *
 * What is not: memory of frames that are gone, of blocks that were freed (to touch them is a fault,
 * which ends the execution), of stacks of threads that have ended; the numbers of blocks, which
 * sentences have; and what only counts: executions, callbacks.
 *
 * Below its frames a stack holds what calls before left there, and a frame does not write all that
 * it has: what is left over would tell states apart that are one. So while states are looked at the
 * runtime leaves zeroes behind, where it has used much of the stack. Locks, waits and pauses always
 * do: what the first one of a process leaves is not what later ones do, and a loop that polls would
 * make another turn in one execution than when it is run again. What is dead in frames of the
 * runtime itself, and in registers, is where its compiler had it: how many states there are depends
 * on how the runtime was compiled. What is found does not, and each run of one build counts the
 * same.
 */
#include "state.h"

#include <string.h>

#include "atomics.h"
#include "objects.h"
#include "own_weak.h"
#include "process.h"

struct own_noted own_stops[OWN_THREADS];

#define SEED_A UINT64_C(0xa0761d6478bd642f)
#define SEED_B UINT64_C(0xe7037ed1a0b428db)

/* Both halves of a product, as one. */
static inline uint64_t fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The stacks that it reads are those of others. */
static inline __attribute__((no_sanitize("address"))) uint64_t load(const char *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

__attribute__((no_sanitize("address"))) uint64_t own_hash_bytes(uint64_t hash, const void *at,
								size_t bytes)
{
	const char *from = at;
	uint64_t one = hash ^ bytes, other = hash + SEED_B;

	for (; bytes >= 32; bytes -= 32, from += 32) {
		one = fold(load(from) ^ SEED_A, load(from + 8) ^ one);
		other = fold(load(from + 16) ^ SEED_B, load(from + 24) ^ other);
	}
	one ^= fold(other, SEED_A);
	for (; bytes >= 8; bytes -= 8, from += 8)
		one = fold(load(from) ^ SEED_A, one ^ SEED_B);
	if (bytes) {
		uint64_t last = 0;

		for (size_t i = 0; i < bytes; i++)
			last |= (uint64_t)(uint8_t)from[i] << 8 * i;
		one = fold(last ^ SEED_A, one ^ SEED_B);
	}
	return one;
}

/* So that what calls leave below it is the same in all executions. */
typedef uint64_t zeroes __attribute__((vector_size(16)));

__attribute__((noinline)) void own_wipe(void)
{
	zeroes left_over[OWN_WIPED / sizeof(zeroes)];

#pragma GCC unroll 16
	for (size_t i = 0; i < sizeof(left_over) / sizeof(left_over[0]); i++) {
		left_over[i] = (zeroes){0};
		/* It is not to become a call, and is to be done. */
		__asm__ volatile("" : : "r"(left_over) : "memory");
	}
}

__attribute__((noinline)) void own_wipe_more(void)
{
	char left_over[OWN_WIPED_MORE];

	memset(left_over, 0, sizeof(left_over));
	__asm__ volatile("" : : "r"(left_over) : "memory");
}

/* Where the stacks of threads begin and end that run; 0, 0: others. */
static struct {
	uintptr_t low, end;
} frames[OWN_THREADS];

static void look_at_frames(const struct fibers *f)
{
	for (uint32_t i = 0; i < own.count; i++) {
		bool runs = f->running >> i & 1;

		frames[i].low = runs ? own_stops[i].registers[0] : 0;
		frames[i].end = runs ? (uintptr_t)own.thread[i].task : 0;
	}
}

bool own_is_in_frames(uintptr_t address)
{
	for (uint32_t i = 0; i < own.count; i++)
		if (address - frames[i].low < frames[i].end - frames[i].low)
			return true;
	return false;
}

/* What thread @number has for itself, and how far it is. */
static uint64_t thread_state(uint32_t number, const struct fibers *f, const struct own_ranks *ranks)
{
	const struct own_thread *t = &own.thread[number];
	const struct own_noted *noted = &own_stops[number];
	const struct access *next = &f->next[number];
	uint64_t hash = number;

	hash = own_hash_bytes(hash, noted->registers, sizeof(noted->registers));
	hash = own_hash_bytes(hash, (const void *)noted->registers[0],
			      (uintptr_t)t->task - noted->registers[0]);
	hash = fibers_mix(hash, (uintptr_t)next->site);
	hash = fibers_mix(hash,
			  next->place | (uint64_t)next->words << 32 | (uint64_t)next->kind << 60);
	hash = fibers_mix(hash, f->awaits >> number & 1 ? f->fiber[number].await_old : 0);
	hash = fibers_mix(hash, own_rank_clock(ranks, &t->to_acquire));
	hash = fibers_mix(hash, t->has_released ? 1 + own_rank_clock(ranks, &t->released) : 0);
	hash = fibers_mix(hash, (uintptr_t)t->function);
	hash = fibers_mix(hash, (uintptr_t)t->argument);
	hash = fibers_mix(hash, t->loop.parked);
	hash = fibers_mix(hash, t->loop.locks | (uint64_t)(uint32_t)t->saved_errno << 32);
	hash = fibers_mix(hash, (uintptr_t)t->handlers);
	hash = fibers_mix(hash, (uint64_t)t->cancel_state | (uint64_t)t->cancel_type << 1);
	hash = fibers_mix(hash, t->exceptions[0]);
	hash = fibers_mix(hash, t->exceptions[1]);
	hash = fibers_mix(hash, t->once[0]);
	hash = fibers_mix(hash, t->once[1]);
	hash = fibers_mix(hash, (uintptr_t)t->wait.what);
	return t->wait.what ? own_hash_bytes(hash, &t->wait, sizeof(t->wait)) : hash;
}

static void threads_clocks(const struct fibers *f, struct own_ranks *ranks)
{
	for (uint32_t i = 0; i < own.count; i++) {
		const struct own_thread *t = &own.thread[i];
		bool runs = f->running >> i & 1;

		if (runs || !t->joined)
			own_ranks_meet(ranks, &t->clock);
		if (runs)
			own_ranks_meet(ranks, &t->to_acquire);
		if (runs && t->has_released)
			own_ranks_meet(ranks, &t->released);
	}
}

static uint64_t threads_state(const struct fibers *f, const struct own_ranks *ranks)
{
	uint64_t hash = own.count;

	for (uint32_t i = 0; i < own.count; i++) {
		const struct own_thread *t = &own.thread[i];
		bool runs = f->running >> i & 1;

		hash = fibers_mix(hash, t->lives | t->detached << 1 | t->joined << 2 | runs << 3);
		if (runs)
			hash = fibers_mix(hash, thread_state(i, f, ranks));
		else if (!t->joined)
			hash = fibers_mix(hash, (uintptr_t)t->result);
		/* The thread that joins it knows what it knew. */
		if (runs || !t->joined)
			hash = fibers_mix(hash, own_rank_clock(ranks, &t->clock));
		hash = own_hash_bytes(hash, t->tls, own_tls_bytes());
	}
	return hash;
}

static __attribute__((noinline)) uint64_t state(const struct fibers *f)
{
	static struct own_ranks ranks;
	uint64_t hash;

	look_at_frames(f);
	own_ranks_begin(&ranks, f->running);
	own_shadow_ranks(&ranks);
	own_heap_ranks(&ranks);
	threads_clocks(f, &ranks);
	own_sync_clocks(&ranks);
	own_heap_clocks(&ranks);
	own_messages_clocks(&ranks);
	own_ranks_end(&ranks);
	hash = threads_state(f, &ranks);
	hash = fibers_mix(hash, own_data_state());
	hash = fibers_mix(hash, own_heap_state(&ranks));
	hash = fibers_mix(hash, own_words_state());
	hash = fibers_mix(hash, own_sync_state(&ranks));
	hash = fibers_mix(hash, own_shadow_state(&ranks));
	hash = fibers_mix(hash, own_loops_state(f->running));
	hash = fibers_mix(hash, own_turns_state());
	hash = fibers_mix(hash, own_locals_state(f->running));
	hash = fibers_mix(hash, own_libc_state());
	hash = fibers_mix(hash, own_print_state());
	hash = fibers_mix(hash, own_readers_state());
	hash = fibers_mix(hash, own_wakes_state());
	hash = fibers_mix(hash, own_messages_state(&ranks));
	hash = fibers_mix(hash, f->running);
	return fibers_mix(hash, fibers_faults_hash(f));
}

uint64_t own_state(void *context, const struct fibers *f)
{
	uint64_t hash = state(f);

	(void)context;
	own_wipe();
	return hash;
}
