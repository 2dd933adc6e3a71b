/* SPDX-License-Identifier: MIT */
/*
 * The heap between executions: what constructors allocated stays, all else goes; blocks that
 * nothing leads to any more are leaks; and where an address is, for sentences.
 */
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "process.h"
#include "state.h"

/* What constructors left: contents of each thread's part, and which blocks they had freed. */
static struct {
	char *image;
	struct block *block;
} kept[OWN_THREADS];

static size_t kept_bytes(const struct arena *arena)
{
	return arena->kept_top -
	       (OWN_HEAP_BASE + (uintptr_t)(arena - own_heap.arena) * ARENA_BYTES);
}

void own_heap_keep(void)
{
	heap_begin();
	own_heap.numbers_kept = own_heap.numbers;
	for (uint32_t i = 0; i < OWN_THREADS; i++) {
		struct arena *arena = &own_heap.arena[i];
		char *low = (char *)OWN_HEAP_BASE + i * ARENA_BYTES;

		arena->kept = arena->count;
		arena->kept_top = arena->top;
		if (!arena->count)
			continue;
		kept[i].image = BELOW(malloc)(kept_bytes(arena));
		kept[i].block = BELOW(malloc)(arena->count * sizeof(*arena->block));
		if (!kept[i].image || !kept[i].block)
			own_refuse(0, "there is no memory to keep what constructors allocated");
		memcpy(kept[i].image, low, kept_bytes(arena));
		memcpy(kept[i].block, arena->block, arena->count * sizeof(*arena->block));
	}
}

static void put_back_kept(struct arena *arena, uint32_t thread)
{
	char *low = (char *)OWN_HEAP_BASE + thread * ARENA_BYTES;

	memcpy(low, kept[thread].image, kept_bytes(arena));
	if (!arena->dirty)
		return;
	memcpy(arena->block, kept[thread].block, arena->kept * sizeof(*arena->block));
	for (uint32_t i = 0; i < arena->kept; i++)
		if (arena->block[i].freed)
			heap_forbid(&arena->block[i]);
		else
			heap_allow(&arena->block[i]);
}

void own_heap_reset(void)
{
	heap_begin();
	/* Those of the last execution: others have changed nothing. */
	for (uint32_t i = 0; i < own.count; i++) {
		struct arena *arena = &own_heap.arena[i];

		if (arena->kept)
			put_back_kept(arena, i);
		if (!arena->dirty)
			continue;
		memset(&heap_granules[(arena->kept_top - OWN_HEAP_BASE) / 8], GRANULE_WILD,
		       (arena->top - arena->kept_top) / 8);
		arena->top = arena->kept_top;
		arena->count = arena->kept;
		arena->dirty = false;
	}
	own_heap.numbers = own_heap.numbers_kept;
	if (own_options.heap_reuse)
		memset(own_heap.spare, 0, sizeof(own_heap.spare));
}

uint64_t own_heap_hash(uint64_t hash)
{
	for (uint32_t i = 0; i < OWN_THREADS; i++) {
		const struct arena *arena = &own_heap.arena[i];
		uintptr_t low = OWN_HEAP_BASE + i * ARENA_BYTES + ARENA_FIRST;

		if (arena->top > low)
			hash = own_mix_all(hash, (const void *)low, arena->top - low);
	}
	return hash;
}

/* --- states --- */

void own_heap_ranks(struct own_ranks *ranks)
{
	for (uint32_t i = 0; i < OWN_THREADS; i++) {
		const struct arena *arena = &own_heap.arena[i];

		for (uint32_t k = 0; k < arena->count; k++) {
			const struct block *block = &arena->block[k];

			if (!block->freed && block->clock &&
			    !own_is_covered(ranks, block->maker, block->clock))
				own_ranks_add(ranks, block->maker, block->clock);
			if (block->freed && block->freed_clock &&
			    !own_is_covered(ranks, block->freer, block->freed_clock))
				own_ranks_add(ranks, block->freer, block->freed_clock);
		}
	}
}

void own_heap_clocks(struct own_ranks *ranks)
{
	for (uint32_t units = 0; own_options.heap_reuse && units < SIZES; units++)
		for (struct spare at = own_heap.spare[units]; at.arena;) {
			const struct arena *arena = &own_heap.arena[at.arena - 1];

			own_ranks_meet(ranks, &arena->block[at.index].released);
			at = arena->next[at.index];
		}
}

static uint64_t block_state(const struct own_ranks *ranks, const struct block *block)
{
	uint64_t hash = fibers_mix(block->at, block->freed);

	if (block->freed && block->freed_clock &&
	    !own_is_covered(ranks, block->freer, block->freed_clock))
		hash = fibers_mix(hash, own_rank_of(ranks, block->freer, block->freed_clock) << 8 |
						block->freer);
	if (block->freed)
		return fibers_mix(hash, block->size);
	if (block->clock && !own_is_covered(ranks, block->maker, block->clock))
		hash = fibers_mix(fibers_mix(hash, block->made),
				  own_rank_of(ranks, block->maker, block->clock) << 8 |
					  block->maker);
	return own_hash_bytes(hash, (const void *)block->at, block->size);
}

/* Blocks that are given again, in their order, and what is known by whom gets them. */
static uint64_t spares_state(const struct own_ranks *ranks)
{
	uint64_t hash = 0;

	for (uint32_t units = 0; units < SIZES; units++)
		for (struct spare at = own_heap.spare[units]; at.arena;) {
			const struct arena *arena = &own_heap.arena[at.arena - 1];
			const struct block *block = &arena->block[at.index];

			hash = fibers_mix(hash, block->at);
			hash = fibers_mix(hash, own_rank_clock(ranks, &block->released));
			at = arena->next[at.index];
		}
	return hash;
}

uint64_t own_heap_state(const struct own_ranks *ranks)
{
	uint64_t hash = 0;

	for (uint32_t i = 0; i < OWN_THREADS; i++) {
		const struct arena *arena = &own_heap.arena[i];

		for (uint32_t k = 0; k < arena->count; k++)
			hash = fibers_mix(hash, block_state(ranks, &arena->block[k]));
	}
	return own_options.heap_reuse ? fibers_mix(hash, spares_state(ranks)) : hash;
}

/* --- leaks --- */

/* Blocks that something leads to, and of these the ones that were not looked into yet. */
static struct {
	const struct block **todo;
	size_t count, room;
} reached;

#define REACHED 0x80000000u /* of block.room */

static void reach(uintptr_t value)
{
	struct arena *arena = arena_of(value);
	struct block *block = arena ? block_before(arena, value) : NULL;

	/* A pointer behind the last element leads to its block as well. */
	if (!block || value - block->at > block->size || block->freed || block->room & REACHED)
		return;
	block->room |= REACHED;
	if (reached.count == reached.room) {
		reached.room = reached.room ? 2 * reached.room : 256;
		/* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers are what it has */
		reached.todo = BELOW(realloc)(reached.todo, reached.room * sizeof(*reached.todo));
		if (!reached.todo)
			own_refuse(0, "there is no memory to look for leaks");
	}
	reached.todo[reached.count++] = block;
}

static void look_through(uintptr_t low, uintptr_t end)
{
	for (low = (low + 7) & ~(uintptr_t)7; low + 8 <= end; low += 8)
		reach(*(const uintptr_t *)low);
}

static void look_through_threads(void)
{
	for (uint32_t i = 0; i < OWN_THREADS; i++) {
		const struct own_thread *thread = &own.thread[i];
		uintptr_t low, end;

		if (!own_has_begun(i))
			continue;
		/* What a thread was given is on its stack, and that and its TLS end with it. */
		if (thread->lives) {
			look_through((uintptr_t)thread->tls,
				     (uintptr_t)thread->tls + OWN_TLS_BYTES);
			reach((uintptr_t)thread->argument);
		}
		if (!thread->joined)
			reach((uintptr_t)thread->result);
		reach((uintptr_t)thread->exceptions[0]);
		if (thread->lives && i != own.current && own_stack_of(i, &low, &end))
			look_through(low, end);
	}
	own_locals_look(reach);
}

static void report_lost(const struct arena *arena)
{
	for (uint32_t i = 0; i < arena->count; i++) {
		struct block *block = &arena->block[i];
		bool is_reached = block->room & REACHED;

		block->room &= ~REACHED;
		if (is_reached || block->freed || i < arena->kept)
			continue;
		own.next_about = (struct own_about){.address = block->at, .size = block->size};
		own_report(FAULT_LEAK, block->made,
			   "a block of %zu bytes that %s allocated is not freed at the "
			   "end, and nothing leads to it",
			   block->size, own_name(block->maker));
	}
}

void own_heap_leaks(void)
{
	if (!own_options.leaks || !heap_granules)
		return;
	look_through(own.data_low, own.data_end);
	look_through_threads();
	for (uint32_t i = 0; i < OWN_THREADS; i++)
		for (uint32_t k = 0; k < own_heap.arena[i].kept; k++)
			reach(own_heap.arena[i].block[k].at);
	while (reached.count) {
		const struct block *block = reached.todo[--reached.count];

		look_through(block->at, block->at + block->size);
	}
	for (uint32_t i = 0; i < OWN_THREADS; i++)
		report_lost(&own_heap.arena[i]);
}

/* --- places --- */

static void place_in_stacks(uintptr_t address, struct own_place *place)
{
	for (uint32_t i = 0; i < OWN_THREADS; i++) {
		uintptr_t low, end;

		if (!own_stack_of(i, &low, &end) || address - low >= end - low)
			continue;
		place->region = OWN_STACK;
		place->thread = i;
		place->offset = end - address;
	}
}

struct own_place own_place_of(uintptr_t address)
{
	struct own_place place = {.region = OWN_ELSEWHERE, .offset = address};
	const struct block *block = block_near(address);

	if (block) {
		place.region = OWN_HEAP;
		place.offset = address - block->at;
		place.block = block->number;
		place.size = block->size;
		place.made = block->made;
		place.call = block->call;
		place.freed = block->freed;
		place.thread = block->maker;
	} else if (address - own.data_low < own.data_end - own.data_low) {
		place.region = OWN_DATA;
		place.offset = address - own.text_low;
	} else if (address - OWN_TLS_BASE < OWN_THREADS * OWN_TLS_BYTES) {
		place.region = OWN_TLS;
		place.thread = (uint32_t)((address - OWN_TLS_BASE) / OWN_TLS_BYTES);
		place.offset = (address - OWN_TLS_BASE) % OWN_TLS_BYTES;
	} else {
		place_in_stacks(address, &place);
	}
	return place;
}
