/* SPDX-License-Identifier: MIT */
/*
 * Data races: two accesses of different threads to one byte, one of them a write, not both atomic,
 * and neither happens before the other (C11, 5.1.2.4).
 *
 * Each 8 bytes have a cell: accesses that a later one may race with. An access is left out of it
 * where another says as much: one by the same thread, or that comes after it, and is as strong
 * (a write is stronger than a read, a plain access than an atomic one), byte by byte. Whatever is
 * not ordered with the one left out is not ordered with that other either, so that no access that
 * races is missed, whatever the number of threads; of several that it races with, one may not be
 * named in this execution. Cells carry the number of their execution: nothing is cleared.
 *
 * What malloc() does to a block is a write of all of it. Cells learn of it when they are touched
 * for the first time, from the heap.
 *
 * Flanagan, Freund: FastTrack: efficient and precise dynamic race detection. PLDI 2009.
 */
#include <string.h>
#include <sys/mman.h>

#include "heap.h"
#include "state.h"

/* More than a cell has room for: at most one access of each thread, byte and kind. */
#define LIST_ACCESSES (OWN_THREADS * 4 * 8)
#define LISTS (UINT32_C(1) << 16)

struct list {
	uint64_t access[LIST_ACCESSES];
};

struct own_cells own_cells;

static struct {
	struct list *list;
	uint32_t used;
} lists;

/* Pairs that were reported in this execution. */
#define PAIRS 1024

static struct {
	uint64_t key;
	uint32_t execution;
} pairs[PAIRS];

static bool is_new_pair(uint64_t one, uint64_t other)
{
	uint64_t low = one >> 32 < other >> 32 ? one >> 32 : other >> 32;
	uint64_t high = one >> 32 < other >> 32 ? other >> 32 : one >> 32;
	uint64_t key = high << 32 | low;
	uint32_t at = (uint32_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 54);

	for (uint32_t i = 0; i < PAIRS; i++, at = (at + 1) % PAIRS) {
		if (pairs[at].execution != own.execution) {
			pairs[at].key = key;
			pairs[at].execution = own.execution;
			return true;
		}
		if (pairs[at].key == key)
			return false;
	}
	return false;
}

static const char *does(uint64_t access)
{
	if (access & ACCESS_BIRTH)
		return "the allocation of these bytes";
	if (access & ACCESS_DEATH)
		return "the free of these bytes";
	if (access & ACCESS_ATOMIC)
		return access & ACCESS_WRITE ? "an atomic write" : "an atomic read";
	return access & ACCESS_WRITE ? "a write" : "a read";
}

/* A plain access that races is a point, from the next execution on: its order is explored, too. */
static void learn(uint64_t access)
{
	uint32_t offset = (uint32_t)(access >> 32);

	if (!(access & ACCESS_ATOMIC) && offset && !own.hot[offset])
		own_learn(OWN_FACT_POINT, offset);
}

static __attribute__((noinline)) void race(uint64_t earlier, uint64_t access, uintptr_t address)
{
	unsigned int bytes = (unsigned int)(earlier & access & ACCESS_BYTES);

	learn(earlier);
	learn(access);
	if (!is_new_pair(earlier, access))
		return;
	own.next_about = (struct own_about){
		.address = (address & ~(uintptr_t)7) + (unsigned int)__builtin_ctz(bytes),
		.size = (size_t)__builtin_popcount(bytes),
		.other = earlier >> 32 ? pc_of(earlier) : 0,
	};
	own_report(FAULT_DATA_RACE, access >> 32 ? pc_of(access) : 0,
		   "%s by %s and, before it, %s by %s: %zu byte%s, and nothing "
		   "orders the two",
		   does(access), own_name(access_thread(access)), does(earlier),
		   own_name(access_thread(earlier)), own.next_about.size,
		   own.next_about.size == 1 ? "" : "s");
}

static void begin_cell(struct cell *cell, uintptr_t address)
{
	uint64_t birth = block_birth(address);

	if (unlikely(own.noting))
		shadow_note(cell);
	cell_begins(cell, birth);
	if (!birth)
		cell->threads = cell->count = 0;
}

static void move_out(struct cell *cell, uintptr_t pc)
{
	struct list *list;

	if (lists.used == LISTS)
		own_refuse(pc,
			   "more than %u places of memory that many threads touch in one "
			   "execution are not supported",
			   LISTS);
	list = &lists.list[lists.used++];
	memcpy(list->access, cell->slot, sizeof(cell->slot));
	cell->slot[0] = (uint64_t)(uintptr_t)list;
	cell->count |= CELL_ELSEWHERE;
}

/*
 * Report races of @access with what is in @cell, and leave out what it makes superfluous: what
 * comes before it and is not stronger, byte by byte.
 */
static inline void settle(struct cell *cell, uintptr_t address, uint64_t access, bool keeps)
{
	const uint16_t *known = (const uint16_t *)&own_me()->clock;
	uint64_t stronger = ~access & ACCESS_WRITE, weaker = access & ACCESS_ATOMIC;
	uint64_t *slot = accesses_of(cell);
	uint32_t count = cell->count & ~CELL_ELSEWHERE, left = 0, threads = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint64_t old = slot[i], both = old & access & ACCESS_BYTES;

		if (both && likely(access_clock(old) <= known[access_thread(old)])) {
			if (keeps && !((old & stronger) | (weaker & ~old)))
				old &= ~both;
			if (!(old & ACCESS_BYTES))
				continue;
		} else if (both && (old | access) & ACCESS_WRITE && !(old & weaker)) {
			race(old, access, address);
		}
		slot[left++] = old;
		threads |= 1u << access_thread(old);
	}
	cell->threads = (uint16_t)threads;
	cell->count = (uint16_t)(left | (cell->count & CELL_ELSEWHERE));
}

/* cell_add(), whatever the cell is. */
static __attribute__((noinline)) void add_anyhow(struct cell *cell, uintptr_t address,
						 uint64_t access)
{
	if (cell->execution != own.execution)
		begin_cell(cell, address);
	settle(cell, address, access, true);
	if (cell->count == CELL_SLOTS)
		move_out(cell, pc_of(access));
	accesses_of(cell)[cell->count & ~CELL_ELSEWHERE] = access;
	cell->count++;
	cell->threads |= (uint16_t)(1u << own.current);
}

/*
 * What settle() does, for what is usual: nothing races, and there is room. What else there is, is
 * called last, so that nothing has to be saved for it.
 */
static inline void add(struct cell *cell, uintptr_t address, uint64_t access)
{
	const uint16_t *known = (const uint16_t *)&own_me()->clock;
	uint64_t stronger = ~access & ACCESS_WRITE, weaker = access & ACCESS_ATOMIC;
	uint32_t count = cell->count, left = 0, threads = 0, i = 0;

	if (cell->execution != own.execution || count > CELL_SLOTS) {
		add_anyhow(cell, address, access);
		return;
	}
	for (; i < count; i++) {
		uint64_t old = cell->slot[i], both = old & access & ACCESS_BYTES;

		if (access_clock(old) <= known[access_thread(old)]) {
			if (!((old & stronger) | (weaker & ~old)))
				old &= ~both;
			if (!(old & ACCESS_BYTES))
				continue;
		} else if (unlikely(both && (old | access) & ACCESS_WRITE && !(old & weaker))) {
			break;
		}
		cell->slot[left++] = old;
		threads |= 1u << access_thread(old);
	}
	if (unlikely(i < count || left == CELL_SLOTS)) {
		/* Those that are left, and those that were not looked at. */
		while (i < count)
			cell->slot[left++] = cell->slot[i++];
		cell->count = (uint16_t)left;
		add_anyhow(cell, address, access);
		return;
	}
	cell->slot[left] = access;
	cell->count = (uint16_t)(left + 1);
	cell->threads = (uint16_t)(threads | 1u << own.current);
}

static __attribute__((noinline)) void add_aside(struct cell *cell, uintptr_t address,
						uint64_t access)
{
	add(cell, address, access);
}

void cell_add(struct cell *cell, uintptr_t address, uint64_t access)
{
	if (likely(!own.wipes)) {
		add(cell, address, access);
		return;
	}
	add_aside(cell, address, access);
	own_wipe();
}

/*
 * Whether a cell that only the current thread has touched has an access that says all that @access
 * does: of the same epoch, to the same bytes or more, no weaker.
 */
static inline bool cell_has(const struct cell *cell, uint64_t access)
{
	if (cell->count > CELL_SLOTS)
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
 * Add @access to a cell with room that only the current thread has touched: all that is there comes
 * before it.
 */
static inline void cell_adds(struct cell *cell, uint64_t access)
{
	uint64_t stronger = ~access & ACCESS_WRITE, weaker = access & ACCESS_ATOMIC;
	uint32_t count = cell->count, left = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint64_t old = cell->slot[i];

		if (!((old & stronger) | (weaker & ~old)))
			old &= ~(access & ACCESS_BYTES);
		if (old & ACCESS_BYTES)
			cell->slot[left++] = old;
	}
	cell->slot[left] = access;
	cell->count = (uint16_t)(left + 1);
}

void cell_add_own(struct cell *cell, uintptr_t address, uint64_t access)
{
	if (cell_has(cell, access))
		return;
	if (likely(cell->count < CELL_SLOTS))
		cell_adds(cell, access);
	else
		cell_add(cell, address, access);
}

void own_shadow(uintptr_t address, unsigned int size, unsigned int flags, uintptr_t pc)
{
	struct cell *cell = cell_of(address), *last = cell_of(address + size - 1);
	uint64_t access = access_of(own.current, own_me()->clock[own.current], flags, pc);
	unsigned int at = address & 7;

	if (!cell || !last || own.count < 2)
		return;
	for (; cell <= last; cell++, at = 0) {
		unsigned int bytes = size < 8 - at ? size : 8 - at;

		cell_touch(cell, address, access | ((UINT64_C(1) << bytes) - 1) << at);
		address += bytes;
		size -= bytes;
	}
}

/* Memory is given again: what was known of it is of another block. */
void shadow_forget(uintptr_t block, size_t size)
{
	struct cell *cell = cell_of(block);

	for (size_t i = 0; i < (size + 7) / 8; i++)
		cell[i].execution = 0;
}

/*
 * free(): what touches the block later is a use after free, whatever the order; so that it is
 * enough to look at what touched it before.
 */
void shadow_death(uintptr_t block, size_t size, uintptr_t pc)
{
	struct cell *cell = cell_of(block);
	uint64_t access = access_of(own.current, own_me()->clock[own.current],
				    ACCESS_WRITE | ACCESS_DEATH | ACCESS_BYTES, pc);
	uint64_t birth = block_birth(block);

	if (own.count < 2 || !cell)
		return;
	if (birth && access_clock(birth) > own_me()->clock[access_thread(birth)])
		race(birth, access, block);
	for (size_t i = 0; i < (size + 7) / 8; i++)
		if (cell[i].execution == own.execution)
			settle(&cell[i], block + 8 * i, access, false);
}

static void *map_cells(uint64_t bytes)
{
	void *cells = mmap(NULL, bytes * sizeof(struct cell) / 8, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (cells == MAP_FAILED)
		own_refuse(0,
			   "the detector of races got no %llu MiB of address space: raise the "
			   "limit (ulimit -v)",
			   (unsigned long long)(bytes * sizeof(struct cell) / 8 >> 20));
	return cells;
}

void own_shadow_reset(void)
{
	if (unlikely(!own_cells.arena)) {
		own_cells.arena = map_cells(OWN_ARENA_BYTES);
		own_cells.data_low = own.data_low & ~(uintptr_t)7;
		own_cells.data_bytes = (own.data_end - own_cells.data_low + 7) & ~(size_t)7;
		own_cells.data = map_cells(own_cells.data_bytes + 8);
		lists.list = map_cells((uint64_t)LISTS * sizeof(struct list) / 8);
	}
	lists.used = 0;
}
