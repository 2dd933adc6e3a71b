/* SPDX-License-Identifier: MIT */
#include "rows.h"

static union {
	_Atomic uint32_t whole;
	_Atomic uint8_t part[4];
} mixed;

THREAD(writes_a_part)
{
	atomic_store(&mixed.part[0], 1);
	return unused;
}

THREAD(finds_it_whole)
{
	uint32_t first = atomic_load(&mixed.whole);

	assert(first == atomic_load(&mixed.whole)); /* fault: check-failed */
	return unused;
}

PROGRAM(mixed_sizes_wrong)
{
	both(writes_a_part, finds_it_whole);
}

struct wide {
	uint64_t low, high;
};
static _Alignas(16) _Atomic struct wide wide;

THREAD(changes_the_wide)
{
	struct wide old = {0, 0}, next = {1, 1};

	atomic_compare_exchange_strong(&wide, &old, next);
	return unused;
}

THREAD(looks_at_the_wide)
{
	struct wide seen = atomic_load(&wide);

	assert(seen.low == seen.high);
	return unused;
}

THREAD(finds_the_wide_unchanged)
{
	struct wide seen = atomic_load(&wide);

	assert(!seen.low); /* fault: check-failed */
	return unused;
}

PROGRAM(wide_wrong)
{
	both(changes_the_wide, finds_the_wide_unchanged);
}

PROGRAM(wide_right)
{
	both(changes_the_wide, looks_at_the_wide);
}
