/* SPDX-License-Identifier: MIT */
/*
 * What races and the heap know of each byte. Memory of the program has two shadows: a cell of
 * accesses for each 8 bytes, and a byte for each 8 bytes of heap that says how many of them are
 * allocated.
 */
#ifndef DMTORTURE_OWN_SHADOW_H
#define DMTORTURE_OWN_SHADOW_H

#include "likely.h"
#include "own.h"

/* --- accesses --- */

/*
 * An access, as a cell keeps it: offset of its code 32 | clock 16 | thread 4 | what it is 4 |
 * bytes of the 8.
 */
#define ACCESS_BYTES UINT64_C(0xff)
#define ACCESS_ATOMIC UINT64_C(0x100) /* OWN_IS_ATOMIC */
#define ACCESS_WRITE UINT64_C(0x200)  /* OWN_WRITE */
#define ACCESS_BIRTH UINT64_C(0x400)  /* malloc(), which counts as a write */
#define ACCESS_DEATH UINT64_C(0x800)  /* free(), the same; no cell keeps it */
#define ACCESS_EPOCH UINT64_C(0xfffff000)

#define CELL_SLOTS 7
#define CELL_ELSEWHERE 0x8000u /* of count: the accesses are in a list, slot[0] is its address */

/* Accesses to 8 bytes that a later one may race with. Empty where it is of another execution. */
struct cell {
	uint32_t execution;
	uint16_t threads; /* a bit each: whose accesses are here */
	uint16_t count;
	uint64_t slot[CELL_SLOTS];
};
_Static_assert(sizeof(struct cell) == 64, "a cell is a cache line");
_Static_assert(OWN_THREADS == 16, "an access has 4 bits for its thread");

struct own_cells {
	struct cell *arena, *data;
	uintptr_t data_low; /* own.data_low, aligned */
	size_t data_bytes;
};
extern struct own_cells own_cells;

/* The cell of @address; NULL: it is not memory of the program. */
static inline struct cell *cell_of(uintptr_t address)
{
	uintptr_t offset = address - OWN_ARENA_BASE;

	if (likely(offset < OWN_ARENA_BYTES))
		return &own_cells.arena[offset >> 3];
	offset = address - own_cells.data_low;
	return offset < own_cells.data_bytes ? &own_cells.data[offset >> 3] : NULL;
}

/* Code addresses are those that a call returns to; what is kept and known is the call itself. */
static inline uint32_t offset_of(uintptr_t pc)
{
	return own_is_code(pc) ? (uint32_t)(pc - 1 - own.text_low) : 0;
}

static inline uintptr_t pc_of(uint64_t access)
{
	return own.text_low + (access >> 32) + 1;
}

static inline uint64_t access_of(uint32_t thread, uint32_t clock, uint64_t what, uintptr_t pc)
{
	return (uint64_t)offset_of(pc) << 32 | clock << 16 | thread << 12 | what;
}

/* Whether a race of @access is known by one of @old; once @old is a point, @access has to be, too.
 */
static inline bool is_spoken_for(uint64_t old, uint64_t access)
{
	return old >> 32 == access >> 32 || !own.hot[old >> 32];
}

/*
 * Whether a cell that only the current thread has touched has an access that says all that @access
 * does: of the same epoch, to the same bytes or more, no weaker.
 */
static inline bool cell_has(const struct cell *cell, uint64_t access)
{
	if (cell->threads != 1u << own.current || cell->count > CELL_SLOTS)
		return false;
	for (uint32_t i = 0; i < cell->count; i++) {
		uint64_t old = cell->slot[i];

		if (!((old ^ access) & ACCESS_EPOCH) &&
		    !(access & ~old & (ACCESS_WRITE | ACCESS_BYTES)) &&
		    !(old & ~access & ACCESS_ATOMIC) && is_spoken_for(old, access))
			return true;
	}
	return false;
}

/*
 * Whether @access has taken the place of the only access of @cell, which comes before it, is to the
 * same bytes and no stronger: nothing of it is left to race with.
 */
static inline bool cell_replaces(struct cell *cell, uint64_t access)
{
	uint64_t old = cell->slot[0];

	if (cell->count != 1 || (old ^ access) & ACCESS_BYTES ||
	    (old & ~access & ACCESS_WRITE) | (access & ~old & ACCESS_ATOMIC) ||
	    (uint16_t)(old >> 16) > own_me()->clock[old >> 12 & 15])
		return false;
	cell->slot[0] = access;
	cell->threads = (uint16_t)(1u << own.current);
	return true;
}

/* Look for races of @access, by the current thread to the 8 bytes at @address, and keep it. */
void cell_add(struct cell *cell, uintptr_t address, uint64_t access);

static inline void cell_touch(struct cell *cell, uintptr_t address, uint64_t access)
{
	if (likely(cell->execution == own.execution) &&
	    (cell_has(cell, access) || cell_replaces(cell, access)))
		return;
	cell_add(cell, address, access);
}

/* own_shadow(), for what calls it most. Context: there are two threads or more. */
static inline void shadow_touch(uintptr_t address, unsigned int size, unsigned int flags,
				uintptr_t pc)
{
	struct cell *cell = cell_of(address);
	unsigned int at = address & 7;
	uint64_t access;

	if (unlikely(!cell))
		return;
	access = access_of(own.current, own_me()->clock[own.current], flags, pc);
	if (likely(at + size <= 8)) {
		cell_touch(cell, address, access | ((UINT64_C(1) << size) - 1) << at);
		return;
	}
	own_shadow(address, size, flags, pc);
}

/* own_shadow(), inline. */
static inline void own_shadow_quickly(uintptr_t address, unsigned int size, unsigned int flags,
				      uintptr_t pc)
{
	if (likely(own.count > 1))
		shadow_touch(address, size, flags, pc);
}

/* The heap gives or takes back @size bytes at @block: cells need not hear of it byte by byte. */
void shadow_forget(uintptr_t block, size_t size);
void shadow_death(uintptr_t block, size_t size, uintptr_t pc);

/* --- the heap --- */

#define HEAP_BYTES (OWN_ARENA_BYTES - (OWN_HEAP_BASE - OWN_ARENA_BASE))

/* Of 8 bytes of heap: this number of the first of them may be touched. */
#define GRANULE_WILD 0u /* never allocated */
#define GRANULE_WHOLE 8u
#define GRANULE_FREED 0xfdu

extern uint8_t *heap_granules;

/* The block that @address is in or beside. */
struct block {
	uint32_t number; /* in this execution, from 1 */
	uint32_t room;	 /* up to the red zone behind it, in units of 16 bytes */
	uintptr_t at;
	size_t size;
	uintptr_t made, freed; /* code addresses; freed: 0, it is allocated */
	uintptr_t call;	       /* of malloc() itself, in a header or not; 0: in a library */
	uint16_t clock;	       /* of its malloc() */
	uint16_t freed_clock;  /* of its free(); 0: nobody else was there */
	uint8_t maker, freer;  /* threads */
	bool counted;	       /* a library frees it by a count of its own, which orders that */
	own_clock released;    /* by its free(), for the thread that gets the memory next */
};

struct block *block_near(uintptr_t address);
/* Its malloc(), as an access to the 8 bytes at @address; 0: it needs no order, or there is none. */
uint64_t block_birth(uintptr_t address);

/* An access that the heap's shadow does not allow at first sight. */
void heap_bad(uintptr_t address, size_t size, uintptr_t pc, bool writes);

static inline bool is_heap(uintptr_t address)
{
	return address - OWN_HEAP_BASE < HEAP_BYTES;
}

static inline bool granule_allows(uint8_t granule, unsigned int end)
{
	return granule == GRANULE_WHOLE || (granule < GRANULE_WHOLE && end <= granule);
}

/* own_heap_check(), for what calls it most. */
static inline void heap_touch(uintptr_t address, unsigned int size, uintptr_t pc, bool writes)
{
	uintptr_t offset = address - OWN_HEAP_BASE;

	if (likely(offset >= HEAP_BYTES))
		return;
	if (likely((offset & 7) + size <= 8) && likely(heap_granules != NULL) &&
	    likely(granule_allows(heap_granules[offset >> 3], (offset & 7) + size)))
		return;
	own_heap_check(address, size, pc, writes);
}

#endif
