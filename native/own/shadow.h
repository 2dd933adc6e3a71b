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

#define HEAP_BYTES (OWN_ARENA_BYTES - (OWN_HEAP_BASE - OWN_ARENA_BASE))

static inline bool is_heap(uintptr_t address)
{
	return address - OWN_HEAP_BASE < HEAP_BYTES;
}

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

static inline uint32_t access_thread(uint64_t access)
{
	return (uint32_t)(access >> 12 & 15);
}

static inline uint16_t access_clock(uint64_t access)
{
	return (uint16_t)(access >> 16);
}

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

static inline uint64_t *accesses_of(struct cell *cell)
{
	if (cell->count & CELL_ELSEWHERE)
		return (uint64_t *)(uintptr_t)cell->slot[0];
	return cell->slot;
}

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

/* @offset: offset_of() the code. */
static inline uint64_t access_at(uint32_t thread, uint32_t clock, uint64_t what, uint32_t offset)
{
	return (uint64_t)offset << 32 | clock << 16 | thread << 12 | what;
}

static inline uint64_t access_of(uint32_t thread, uint32_t clock, uint64_t what, uintptr_t pc)
{
	return access_at(thread, clock, what, offset_of(pc));
}

/* Whether a race of @access is known by one of @old; once @old is a point, @access has to be, too.
 */
static inline bool is_spoken_for(uint64_t old, uint64_t access)
{
	return old >> 32 == access >> 32 || !own.hot[old >> 32];
}

/*
 * Whether @access is as the only access of @cell, and comes behind it: it says all that @access
 * does, or is replaced, since nothing of it is left to race with.
 */
static inline bool cell_renews(struct cell *cell, uint64_t access)
{
	uint64_t old = cell->slot[0], differs = old ^ access;

	if (cell->count != 1 || differs & (ACCESS_BYTES | ACCESS_WRITE | ACCESS_ATOMIC) ||
	    access_clock(old) > own_me()->clock[access_thread(old)])
		return false;
	if (differs & ACCESS_EPOCH || !is_spoken_for(old, access)) {
		cell->slot[0] = access;
		cell->threads = (uint16_t)(1u << own.current);
	}
	return true;
}

/* The first access of the execution to @cell. */
static inline void cell_begins(struct cell *cell, uint64_t access)
{
	cell->execution = own.execution;
	cell->threads = (uint16_t)(1u << access_thread(access));
	cell->count = 1;
	cell->slot[0] = access;
}

/* Look for races of @access, by the current thread to the 8 bytes at @address, and keep it. */
void cell_add(struct cell *cell, uintptr_t address, uint64_t access);
/* The same of a cell that nobody else has touched in this execution. */
void cell_add_own(struct cell *cell, uintptr_t address, uint64_t access);

static __always_inline void cell_touch(struct cell *cell, uintptr_t address, uint64_t access)
{
	if (likely(cell->execution == own.execution)) {
		if (cell_renews(cell, access))
			return;
		if (cell->threads == 1u << own.current)
			cell_add_own(cell, address, access);
		else
			cell_add(cell, address, access);
	} else if (likely(!is_heap(address) && !own.noting)) {
		cell_begins(cell, access);
	} else {
		cell_add(cell, address, access);
	}
}

/*
 * own_shadow(), for what calls it most. Context: there are two threads or more. @offset: of @pc, as
 * offset_of() has it.
 */
static __always_inline void shadow_touch_at(uintptr_t address, unsigned int size,
					    unsigned int flags, uintptr_t pc, uint32_t offset)
{
	struct cell *cell = cell_of(address);
	unsigned int at = address & 7;
	uint64_t access;

	if (unlikely(!cell))
		return;
	if (unlikely(at + size > 8)) {
		own_shadow(address, size, flags, pc);
		return;
	}
	access = access_at(own.current, own_me()->clock[own.current], flags, offset);
	cell_touch(cell, address, access | ((UINT64_C(1) << size) - 1) << at);
}

static inline void shadow_touch(uintptr_t address, unsigned int size, unsigned int flags,
				uintptr_t pc)
{
	shadow_touch_at(address, size, flags, pc, offset_of(pc));
}

/* own_shadow(), inline. */
static inline void own_shadow_quickly(uintptr_t address, unsigned int size, unsigned int flags,
				      uintptr_t pc)
{
	if (likely(own.count > 1))
		shadow_touch(address, size, flags, pc);
}

/* @cell is touched for the first time in an execution whose states are looked at. */
void shadow_note(struct cell *cell);

/* The heap gives or takes back @size bytes at @block: cells need not hear of it byte by byte. */
void shadow_forget(uintptr_t block, size_t size);
void shadow_death(uintptr_t block, size_t size, uintptr_t pc);

/* --- the heap --- */

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

static inline bool granule_allows(uint8_t granule, unsigned int end)
{
	return granule == GRANULE_WHOLE || (granule < GRANULE_WHOLE && end <= granule);
}

/* Whether the heap's shadow allows an access at first sight. */
static inline bool heap_allows(uintptr_t address, unsigned int size)
{
	uintptr_t offset = address - OWN_HEAP_BASE;

	if (likely(offset >= HEAP_BYTES))
		return true;
	return likely((offset & 7) + size <= 8) && likely(heap_granules != NULL) &&
	       likely(granule_allows(heap_granules[offset >> 3], (offset & 7) + size));
}

/* own_heap_check(), for what calls it most. */
static inline void heap_touch(uintptr_t address, unsigned int size, uintptr_t pc, bool writes)
{
	if (!heap_allows(address, size))
		own_heap_check(address, size, pc, writes);
}

#endif
