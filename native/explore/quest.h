/* SPDX-License-Identifier: MIT */
/* What minimising looks for: the best schedule of one kind of fault so far. */
#ifndef DMTORTURE_QUEST_H
#define DMTORTURE_QUEST_H

#include "search.h"

struct quest {
	uint32_t kind;
	struct explore_fault *best;
	bool found;
};

/* Whether the execution that has just ended has the fault, in fewer steps. Returns 0 or -errno. */
int quest_look(struct search *s, struct quest *quest);
/*
 * The same as minimise.c does, under a weak memory model: fewest options first, then preemptions,
 * then steps. Returns 0 or -errno.
 */
int quest_weakly(struct search *s, struct quest *quest, bool *proven);

#endif
