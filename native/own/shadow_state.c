/* SPDX-License-Identifier: MIT */
/* What the detector of races knows, as part of a state: see state.c. */
#include "heap.h"
#include "state.h"

/* Cells of the execution, where states are looked at. */
static struct {
	struct cell **cell;
	uint32_t count, room, execution;
	uint32_t of_use; /* the number of those, which come first since own_shadow_ranks() */
} touched;

void shadow_note(struct cell *cell)
{
	if (touched.execution != own.execution)
		touched.count = 0;
	touched.execution = own.execution;
	if (touched.count == touched.room) {
		touched.room = touched.room ? 2 * touched.room : 1024;
		/* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers are what it has */
		touched.cell = BELOW(realloc)(touched.cell, touched.room * sizeof(*touched.cell));
		if (!touched.cell)
			own_refuse(0,
				   "there is no memory for the list of places that were touched");
	}
	touched.cell[touched.count++] = cell;
}

/*
 * Whether what is known of the memory of @cell can be asked for: not where it was freed, nor of
 * frames that are gone.
 */
static bool is_of_use(const struct cell *cell)
{
	uintptr_t at;

	if (cell->execution != own.execution)
		return false;
	if (cell < own_cells.arena || cell >= own_cells.arena + OWN_ARENA_BYTES / 8)
		return true;
	at = OWN_ARENA_BASE + (uintptr_t)(cell - own_cells.arena) * 8;
	if (at < OWN_TLS_BASE)
		return own_is_in_frames(at);
	return at < OWN_HEAP_BASE || heap_granules[(at - OWN_HEAP_BASE) >> 3] != GRANULE_FREED;
}

/* Those that are of use come to be the first: nothing goes by their order. */
static void find_cells_of_use(void)
{
	uint32_t count = touched.execution == own.execution ? touched.count : 0;

	touched.of_use = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct cell *cell = touched.cell[i];

		if (!is_of_use(cell))
			continue;
		touched.cell[i] = touched.cell[touched.of_use];
		touched.cell[touched.of_use++] = cell;
	}
}

void own_shadow_ranks(struct own_ranks *ranks)
{
	find_cells_of_use();
	for (uint32_t i = 0; i < touched.of_use; i++) {
		struct cell *cell = touched.cell[i];
		const uint64_t *slot = accesses_of(cell);
		uint32_t count = cell->count & ~CELL_ELSEWHERE;

		for (uint32_t k = 0; k < count; k++)
			if (!own_is_covered(ranks, access_thread(slot[k]), access_clock(slot[k])))
				own_ranks_add(ranks, access_thread(slot[k]), access_clock(slot[k]));
	}
}

uint64_t own_shadow_state(const struct own_ranks *ranks)
{
	uint64_t hash = 0;

	for (uint32_t i = 0; i < touched.of_use; i++) {
		struct cell *cell = touched.cell[i];
		const uint64_t *slot = accesses_of(cell);
		uint32_t count = cell->count & ~CELL_ELSEWHERE;

		for (uint32_t k = 0; k < count; k++) {
			uint64_t access = slot[k];
			uint32_t rank;

			if (own_is_covered(ranks, access_thread(access), access_clock(access)))
				continue;
			rank = own_rank_of(ranks, access_thread(access), access_clock(access));
			access = (access & ~(UINT64_C(0xffff) << 16)) | (uint64_t)rank << 16;
			hash += fibers_mix((uintptr_t)cell, access);
		}
	}
	return hash;
}
