/* SPDX-License-Identifier: MIT */
/* The heap's own: blocks by thread. heap.c gives and takes them, heap_end.c keeps and compares. */
#ifndef DMTORTURE_OWN_HEAP_H
#define DMTORTURE_OWN_HEAP_H

#include "shadow.h"

/* What is below the names that the host puts first: the C library's, or AddressSanitizer's. */
#ifdef __SANITIZE_ADDRESS__
#define BELOW(name) __interceptor_##name
#else
#define BELOW(name) __libc_##name
#endif
extern void *BELOW(malloc)(size_t size);
extern void *BELOW(calloc)(size_t count, size_t size);
extern void *BELOW(realloc)(void *block, size_t size);
extern void *BELOW(memalign)(size_t align, size_t size);
extern void BELOW(free)(void *block);

#define UNIT 16u
#define RED_ZONE 16u
#define SIZES 64 /* in units: those that are given again */
/* Of one thread. The first of the first are addresses of the words of sizes, and hold nothing. */
#define ARENA_BYTES ((HEAP_BYTES / OWN_THREADS) & ~(uintptr_t)4095)
#define ARENA_FIRST 4096u

struct arena {
	struct block *block; /* in the order of their addresses */
	struct spare *next;  /* beside them: what was freed before it */
	uint32_t count, room, kept;
	uintptr_t top, kept_top;
	bool dirty; /* since the execution began */
};

/* A block that was freed: its thread's number + 1, and its index there. */
struct spare {
	uint32_t arena, index;
};

struct heap {
	struct arena arena[OWN_THREADS];
	uint32_t numbers, numbers_kept; /* blocks of this execution; of constructors */
	struct spare spare[SIZES];	/* freed last; where options ask for it */
};
extern struct heap own_heap;

/* Whether the function of libstdc++ at @pc has asked for memory of an exception. cxx.c */
bool own_allocates_exceptions(uintptr_t pc);
/*
 * own_take() for a library whose code is at @pc. @counted: it counts the references itself, where
 * nobody sees it, so that each use of the block comes before its free.
 */
void *own_take_within(size_t size, size_t align, uintptr_t pc, int fill, bool counted);
/* Map the heap, once. */
void heap_begin(void);
/* The block that begins at @address, to be freed or resized. Faults: bad-free, double-free. */
struct block *heap_to_free(uintptr_t address, uintptr_t pc);
/* Have the granules of @block say that it may be touched, or that it was freed. */
void heap_allow(const struct block *block);
void heap_forbid(const struct block *block);

static inline struct arena *arena_of(uintptr_t address)
{
	uintptr_t offset = address - OWN_HEAP_BASE;

	return offset < OWN_THREADS * ARENA_BYTES ? &own_heap.arena[offset / ARENA_BYTES] : NULL;
}

/* The last block of @arena that begins at @address or before it; NULL: none. */
struct block *block_before(const struct arena *arena, uintptr_t address);

static inline bool is_in_block(const struct block *block, uintptr_t address)
{
	return address - block->at < block->size;
}

#endif
