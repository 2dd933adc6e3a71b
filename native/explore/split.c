/* SPDX-License-Identifier: MIT */
#include "split.h"

#include "search.h"

#define WAYS_PER_PART 64 /* so that the parts are about as long */
#define DEPTH_MAX 32

void split_init(struct split *split, uint32_t index, uint32_t count, uint32_t threads)
{
	uint64_t ways = 1;

	*split = (struct split){.index = index, .count = count};
	while (ways < (uint64_t)count * WAYS_PER_PART && split->depth < DEPTH_MAX) {
		ways *= threads;
		split->depth++;
	}
}

void split_begin(struct split *split)
{
	split->choices = 0;
	split->way = UINT64_C(0xcbf29ce484222325);
}

bool split_owns(const struct split *split)
{
	uint64_t x = split->way;

	if (split->count < 2)
		return true;
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	x ^= x >> 31;
	return x % split->count == split->index;
}

int split_choose(void *state, uint32_t enabled)
{
	struct search *s = state;
	struct split *split = &s->split;
	bool is_choice = (enabled & (enabled - 1)) != 0;
	int chosen;

	if (split->choices == split->depth && !split_owns(split)) {
		s->redundant = true;
		s->stage.cut = true;
		return NOBODY;
	}
	chosen = split->choose(state, enabled);
	if (is_choice && chosen != NOBODY && split->choices < split->depth) {
		split->choices++;
		split->way = (split->way ^ (uint32_t)(chosen + 1)) * UINT64_C(0x100000001b3);
	}
	return chosen;
}
