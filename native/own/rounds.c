/* SPDX-License-Identifier: MIT */
/* What a thread wrote on its stack since it took the first of its locks: see loops.c. */
#include "rounds.h"

#include <string.h>

struct round own_rounds[OWN_THREADS];

/* Some of the 8 bytes at @address are about to be written. Returns whether there was room. */
static bool note_change(struct round *round, uintptr_t address, uint64_t bits)
{
	uint64_t now;
	uint32_t i = 0;

	while (i < round->changes && round->change[i].address != address)
		i++;
	if (i == CHANGES)
		return false;
	memcpy(&now, (void *)address, 8);
	if (i == round->changes) {
		round->changes++;
		round->change[i].address = address;
		round->change[i].before = round->change[i].written = 0;
	}
	round->change[i].before |= now & bits & ~round->change[i].written;
	round->change[i].written |= bits;
	return true;
}

void own_wrote_stack(uintptr_t address, size_t size)
{
	struct round *round = &own_rounds[own.current];
	uintptr_t end = address + size;

	if (likely((address & 7) + size <= 8)) {
		uint64_t bits = ~UINT64_C(0) >> (64 - 8 * size) << 8 * (address & 7);

		note_change(round, address & ~(uintptr_t)7, bits);
		return;
	}
	while (address < end) {
		uintptr_t first = address & ~(uintptr_t)7;
		uint64_t bits = ~UINT64_C(0) << 8 * (address - first);

		if (end - first < 8)
			bits &= (UINT64_C(1) << 8 * (end - first)) - 1;
		if (!note_change(round, first, bits))
			return;
		address = first + 8;
	}
}

bool own_changed_stack(const struct round *round)
{
	uint64_t now;

	for (uint32_t i = 0; i < round->changes; i++) {
		memcpy(&now, (void *)round->change[i].address, 8);
		if ((now & round->change[i].written) != round->change[i].before)
			return true;
	}
	return round->changes == CHANGES;
}
