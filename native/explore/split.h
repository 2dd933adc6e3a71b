/* SPDX-License-Identifier: MIT */
/*
 * A complete search in parts that know nothing of each other: all of them walk the first few
 * choices, every way there is, and each goes on where the way is its own. What the parts look at
 * is together what one search looks at, and no trace is in two of them.
 */
#ifndef DMTORTURE_SPLIT_H
#define DMTORTURE_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

struct split {
	uint32_t index, count; /* this part, from 0, and the number of parts; below 2: not split */
	uint32_t depth;	       /* choices that make a way */
	uint32_t choices;      /* of the execution so far, up to depth */
	uint64_t way;	       /* digest of them */
	int (*choose)(void *state, uint32_t enabled); /* the strategy's own */
};

/* @threads: of the model, which is what a choice has at most. */
void split_init(struct split *split, uint32_t index, uint32_t count, uint32_t threads);
/* An execution begins. */
void split_begin(struct split *split);
/* Whether the way that the execution took is this part's; one that ended early has a way, too. */
bool split_owns(const struct split *split);
/* In place of the strategy's `choose`; @state: the search. */
int split_choose(void *state, uint32_t enabled);

/* Whether the next choice belongs to the way of a part: all enabled threads must be tried there. */
static inline bool split_is_open(const struct split *split)
{
	return split->count > 1 && split->choices < split->depth;
}

#endif
