/* SPDX-License-Identifier: MIT */
/*
 * The heap of the program. Each thread has its own part of it, which only grows within an
 * execution, so that where a block lies does not depend on the order of threads: calls of malloc()
 * commute. Blocks have 16 bytes between them that nobody may touch, and are exact to the byte. What
 * is freed is not given again, so that a use after free is certain to be seen; or, where
 * options.heap_reuse asks for it, the block that was freed last is given first, as allocators do:
 * that is how a pointer comes to equal one that was compared before (ABA). The order of free() and
 * malloc() matters then, so that both are points, on a word for each size.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "heap.h"
#include "own_tso.h"

struct heap own_heap;
uint8_t *heap_granules;

static void *map(void *at, size_t bytes)
{
	void *p = mmap(at, bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED || (at && p != at))
		own_refuse(0,
			   "the program's heap got no %zu MiB of address space%s: raise the "
			   "limit (ulimit -v)",
			   bytes >> 20, at ? " at its place" : "");
	return p;
}

void heap_begin(void)
{
	if (likely(heap_granules))
		return;
	map((void *)OWN_HEAP_BASE, HEAP_BYTES);
	heap_granules = map(NULL, HEAP_BYTES / 8);
	for (uint32_t i = 0; i < OWN_THREADS; i++) {
		struct arena *arena = &own_heap.arena[i];

		arena->top = OWN_HEAP_BASE + i * ARENA_BYTES + ARENA_FIRST;
		arena->kept_top = arena->top;
	}
}

/* --- blocks --- */

struct block *block_before(const struct arena *arena, uintptr_t address)
{
	uint32_t low = 0, high = arena->count;

	while (low < high) {
		uint32_t middle = high - 1 - (high - low) / 4; /* mostly it is a late one */

		if (arena->block[middle].at <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &arena->block[low - 1] : NULL;
}

struct block *block_near(uintptr_t address)
{
	const struct arena *arena = arena_of(address);
	struct block *block, *next;

	if (!arena || !arena->count)
		return NULL;
	block = block_before(arena, address);
	next = block ? block + 1 : arena->block;
	if (next < arena->block + arena->count && next->at - address <= RED_ZONE &&
	    (!block || address - (block->at + block->size) > next->at - address))
		return next;
	if (block && address < block->at + block->room * UNIT + RED_ZONE)
		return block;
	return NULL;
}

uint64_t block_birth(uintptr_t address)
{
	const struct arena *arena = arena_of(address);
	uintptr_t first = address & ~(uintptr_t)7;
	const struct block *block;
	size_t bytes;

	if (likely(!arena))
		return 0;
	block = block_before(arena, first);
	if (!block || !is_in_block(block, first) || !block->clock)
		return 0;
	bytes = block->at + block->size - first;
	return access_of(block->maker, block->clock,
			 ACCESS_WRITE | ACCESS_BIRTH |
				 (bytes < 8 ? (UINT64_C(1) << bytes) - 1 : ACCESS_BYTES),
			 block->made);
}

void heap_allow(const struct block *block)
{
	uint8_t *granule = &heap_granules[(block->at - OWN_HEAP_BASE) / 8];

	memset(granule, GRANULE_WHOLE, block->size / 8);
	if (block->size & 7)
		granule[block->size / 8] = block->size & 7;
}

void heap_forbid(const struct block *block)
{
	memset(&heap_granules[(block->at - OWN_HEAP_BASE) / 8], GRANULE_FREED,
	       (block->size + 7) / 8);
}

/* --- points of the heap --- */

static bool is_alone(void)
{
	return !own.inside || own.count < 2;
}

/* The list of freed blocks of one size is a word that malloc() and free() change. */
static void point_of_size(size_t units, uintptr_t pc)
{
	struct word *w;

	if (likely(!own_options.heap_reuse) || units >= SIZES || is_alone())
		return;
	w = own_word(OWN_HEAP_BASE + 8 * units, 8);
	own_point(POINT_RMW, w, own_site(pc));
	word_store(own_me()->task, w, word_peek(w) + 1);
}

/* A malloc() or free() that races writes the whole block. */
static void point_of_block(uintptr_t block, size_t size, uintptr_t pc)
{
	uint32_t offset = offset_of(pc);
	struct word *w;

	if (likely(!offset || !own.hot[offset]) || is_alone() || !size)
		return;
	w = own_word_of_plain(block, (unsigned int)size);
	own_tell_where(block, (unsigned int)size);
	own_point(POINT_WRITE_PLAIN, w, own_site(pc));
	own_changed(w);
}

/* --- giving --- */

/* More cannot be had anywhere: mostly the difference of two pointers that a race mixed up. */
#define NO_MACHINE_HAS (UINT64_C(1) << 40)

static struct block *new_block(struct arena *arena, size_t room, size_t align, uintptr_t pc)
{
	uintptr_t at = (arena->top + align - 1) & ~(uintptr_t)(align - 1);
	uintptr_t end = OWN_HEAP_BASE + (uintptr_t)(arena - own_heap.arena + 1) * ARENA_BYTES;

	if (at > end || end - at < room + RED_ZONE)
		own_refuse(pc, "a thread that allocates more than %zu MiB is not supported",
			   (size_t)(ARENA_BYTES >> 20));
	if (arena->count == arena->room) {
		arena->room = arena->room ? 2 * arena->room : 64;
		arena->block = BELOW(realloc)(arena->block, arena->room * sizeof(*arena->block));
		arena->next = BELOW(realloc)(arena->next, arena->room * sizeof(*arena->next));
		if (!arena->block || !arena->next)
			own_refuse(pc, "there is no memory for the list of blocks");
	}
	arena->top = at + room + RED_ZONE;
	arena->dirty = true;
	arena->block[arena->count] = (struct block){.room = (uint32_t)(room / UNIT), .at = at};
	return &arena->block[arena->count++];
}

/* The block of that size that was freed last; NULL: there is none, or it is not wanted. */
static struct block *spare_block(size_t units, size_t align)
{
	struct spare *spare = &own_heap.spare[units < SIZES ? units : 0];
	struct arena *arena;
	struct block *block;

	if (likely(!own_options.heap_reuse) || units >= SIZES || !spare->arena)
		return NULL;
	arena = &own_heap.arena[spare->arena - 1];
	block = &arena->block[spare->index];
	if (block->at & (align - 1))
		return NULL;
	*spare = arena->next[spare->index];
	shadow_forget(block->at, block->size);
	memset(&heap_granules[(block->at - OWN_HEAP_BASE) / 8], GRANULE_WILD, 2 * block->room);
	own_join(&own_me()->clock, &block->released);
	return block;
}

void *own_take(size_t size, size_t align, uintptr_t pc, int fill)
{
	size_t room = size ? (size + UNIT - 1) & ~(size_t)(UNIT - 1) : UNIT;
	struct block *block;
	uintptr_t at;

	if (size > NO_MACHINE_HAS) {
		errno = ENOMEM;
		return NULL;
	}
	heap_begin();
	own_me()->progress++;
	if (align < UNIT)
		align = UNIT;
	point_of_size(room / UNIT, pc);
	block = spare_block(room / UNIT, align);
	if (!block)
		block = new_block(&own_heap.arena[own.current], room, align, pc);
	at = block->at;
	point_of_block(at, size, pc);
	block = block_before(arena_of(at), at); /* blocks move when there are more */
	block->number = ++own_heap.numbers;
	block->size = size;
	block->made = pc;
	block->call = own.of_headers ? own_inner(pc) : pc;
	block->freed = 0;
	block->counted = false;
	block->maker = (uint8_t)own.current;
	block->clock = is_alone() ? 0 : own_me()->clock[own.current];
	heap_allow(block);
	memset((void *)at, fill, size);
	return (void *)at;
}

void *own_take_within(size_t size, size_t align, uintptr_t pc, int fill, bool counted)
{
	void *made = own_take(size, align, own_caller(pc), fill);
	struct block *block;

	if (!made)
		return NULL;
	block = block_before(arena_of((uintptr_t)made), (uintptr_t)made);
	block->call = 0;
	block->counted = counted;
	return made;
}

/* --- taking back --- */

static void keep_spare(struct arena *arena, struct block *block)
{
	uint32_t index = (uint32_t)(block - arena->block);

	if (block->room >= SIZES || !own.inside)
		return;
	own.freed = true;
	if (likely(!own_options.heap_reuse))
		return;
	block->released = own_me()->clock;
	own_tick();
	arena->next[index] = own_heap.spare[block->room];
	own_heap.spare[block->room] =
		(struct spare){.arena = (uint32_t)(arena - own_heap.arena) + 1, .index = index};
}

/*
 * The current thread, at @pc, meets a block that was freed. Where nothing orders the two they are
 * steps from the next search on: each comes first in some execution, and a story shows both.
 */
static void learn_order(const struct block *block, uintptr_t pc)
{
	/* A replay knows all that its schedule was made with. */
	if (own.telling || !block->freed_clock ||
	    block->freed_clock <= own_me()->clock[block->freer])
		return;
	own_learn(OWN_FACT_POINT, offset_of(block->freed));
	if (offset_of(pc))
		own_learn(OWN_FACT_POINT, offset_of(pc));
}

static _Noreturn void bad_free(uintptr_t address, uintptr_t pc)
{
	const struct block *near = block_near(address);

	own.next_about = (struct own_about){.address = address, .size = 1};
	if (near && is_in_block(near, address))
		own_fault(FAULT_BAD_FREE, pc,
			  "%s frees an address that is %zu bytes into a block of %zu",
			  own_name(own.current), (size_t)(address - near->at), near->size);
	own_fault(FAULT_BAD_FREE, pc, "%s frees an address that malloc() did not return",
		  own_name(own.current));
}

struct block *heap_to_free(uintptr_t address, uintptr_t pc)
{
	const struct arena *arena = arena_of(address);
	struct block *block = arena ? block_before(arena, address) : NULL;

	if (!block || block->at != address)
		bad_free(address, pc);
	if (block->freed) {
		learn_order(block, pc);
		own.next_about = (struct own_about){
			.address = address,
			.size = block->size,
			.other = block->freed,
		};
		own_fault(FAULT_DOUBLE_FREE, pc, "%s frees a block of %zu bytes that %s has freed",
			  own_name(own.current), block->size, own_name(block->freer));
	}
	return block;
}

void own_free(void *address, uintptr_t pc)
{
	uintptr_t at = (uintptr_t)address;
	struct block *block;

	if (!address)
		return;
	/* What the C library allocated for the program goes back to it. */
	if (!arena_of(at) && !cell_of(at)) {
		BELOW(free)(address);
		return;
	}
	block = heap_to_free(at, pc);
	own_me()->progress++;
	point_of_block(at, block->size, pc);
	block = heap_to_free(at, pc); /* others may have run */
	if (!is_alone() && !block->counted)
		shadow_death(at, block->size, pc);
	if (unlikely(own.quiet_from))
		own_tso_free(at, block->size);
	block->freed = pc;
	block->freer = (uint8_t)own.current;
	block->freed_clock = is_alone() ? 0 : own_me()->clock[own.current];
	arena_of(at)->dirty = true;
	heap_forbid(block);
	/* Each of the two steps does what its point says: another one gives the block to others. */
	point_of_size(block->room, pc);
	keep_spare(arena_of(at), block_before(arena_of(at), at));
}

/* --- what may not be touched --- */

void heap_bad(uintptr_t address, size_t size, uintptr_t pc, bool writes)
{
	const char *does = writes ? "writes" : "reads", *s = size == 1 ? "" : "s";
	const struct block *block = block_near(address);
	uintptr_t end;

	if (block && block->freed && is_in_block(block, address))
		learn_order(block, pc);
	own.next_about = (struct own_about){.address = address, .size = size};
	if (!block)
		own_fault(FAULT_OUT_OF_BOUNDS, pc, "%s %s %zu byte%s of the heap that no block has",
			  own_name(own.current), does, size, s);
	end = block->at + block->size;
	if (block->freed && is_in_block(block, address)) {
		own.next_about.other = block->freed;
		own_fault(FAULT_USE_AFTER_FREE, pc,
			  "%s %s %zu byte%s, %zu bytes into a block of %zu that %s "
			  "has freed",
			  own_name(own.current), does, size, s, (size_t)(address - block->at),
			  block->size, own_name(block->freer));
	}
	if (address < block->at)
		own_fault(FAULT_OUT_OF_BOUNDS, pc, "%s %s %zu byte%s, %zu before a block of %zu",
			  own_name(own.current), does, size, s, (size_t)(block->at - address),
			  block->size);
	own_fault(FAULT_OUT_OF_BOUNDS, pc, "%s %s %zu byte%s, of which %zu behind a block of %zu%s",
		  own_name(own.current), does, size, s,
		  (size_t)(address + size - (address > end ? address : end)), block->size,
		  block->freed ? " that was freed" : "");
}

void own_heap_check(uintptr_t address, unsigned int size, uintptr_t pc, bool writes)
{
	uintptr_t offset = address - OWN_HEAP_BASE, last = offset + size - 1;

	if (likely(offset >= HEAP_BYTES) || unlikely(!heap_granules) || !size)
		return;
	if (last >= HEAP_BYTES)
		heap_bad(address, size, pc, writes);
	for (uintptr_t at = offset >> 3; at <= last >> 3; at++) {
		unsigned int end = at == last >> 3 ? (unsigned int)(last & 7) + 1 : 8;

		if (!granule_allows(heap_granules[at], end))
			heap_bad(address, size, pc, writes);
	}
}
