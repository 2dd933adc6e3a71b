/* SPDX-License-Identifier: MIT */
/* Part of own.h: races, the heap, where an address of the program's memory is. */
#ifndef DMTORTURE_OWN_MEMORY_H
#define DMTORTURE_OWN_MEMORY_H

/* --- shadow.c: races; heap.c --- */

#define OWN_READ 0x000u
#define OWN_WRITE 0x200u
#define OWN_IS_ATOMIC 0x100u

/* An access of @size bytes by the current thread, for the detector of races. @flags: OWN_... */
void own_shadow(uintptr_t address, unsigned int size, unsigned int flags, uintptr_t pc);
/* Faults: use-after-free, out-of-bounds, where those bytes are heap and may not be touched. */
void own_heap_check(uintptr_t address, unsigned int size, uintptr_t pc, bool writes);
/* The program allocates, frees. @fill: what the bytes are. */
void *own_take(size_t size, size_t align, uintptr_t pc, int fill);
void own_free(void *block, uintptr_t pc);
/* One more word in a hash. */
static inline uint64_t own_mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

/* A hash of @bytes at @at, a multiple of 8, which goes on with @hash. */
static inline uint64_t own_mix_all(uint64_t hash, const void *at, size_t bytes)
{
	const uint64_t *word = at;

	for (size_t i = 0; i < bytes / sizeof(*word); i++)
		hash = own_mix(hash, word[i]);
	return hash;
}

/* @hash, and what the heap holds; what the data holds, of which pages were written to: data.c. */
uint64_t own_heap_hash(uint64_t hash);
uint64_t own_data_hash(uint64_t hash);
/* What constructors allocated stays; an execution begins; it ended, look for leaks. */
void own_heap_keep(void);
void own_heap_reset(void);
void own_heap_leaks(void);
void own_shadow_reset(void);
/* A plain access of the program: heap, race, point where it is hot. plain.c */
void own_plain(uintptr_t address, unsigned int size, unsigned int flags, uintptr_t pc);

/* Where an address is, for sentences and stories. */
struct own_place {
	enum { OWN_ELSEWHERE, OWN_DATA, OWN_HEAP, OWN_TLS, OWN_STACK } region;
	uint64_t offset; /* in the object, or the block, or of the thread's memory */
	uint32_t thread; /* TLS, stack: whose */
	uint32_t block;	 /* heap: number, from 1; size, where it was allocated and freed */
	size_t size;
	uintptr_t made, call, freed; /* call: of malloc() itself; 0: a library has it */
};
struct own_place own_place_of(uintptr_t address);
/* Where the stack of @thread is. Returns false where no search has begun. */
bool own_stack_of(uint32_t thread, uintptr_t *low, uintptr_t *end);

#endif
