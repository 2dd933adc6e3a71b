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

/* Whether @fault, of the execution that has just ended, is one of those. */
static inline bool quest_wants(const struct search *s, const struct quest *quest,
			       const struct fiber_fault *fault)
{
	return (quest->kind == EXPLORE_ANY_FAULT || fault->kind == quest->kind) &&
	       (!s->plan.at || fault->site == s->plan.at);
}

/* What is kept of it, except its schedule. */
static inline struct explore_fault quest_fault(const struct search *s,
					       const struct fiber_fault *fault)
{
	return (struct explore_fault){.kind = fault->kind,
				      .site = fault->site,
				      .cpu = fault->cpu,
				      .count = 1,
				      .execution = s->report->executions + 1,
				      .steps = fault->step};
}

/* Fewer preemptions, then fewer steps. */
static inline bool quest_is_less(const struct explore_fault *one, const struct explore_fault *other)
{
	if (one->preemptions != other->preemptions)
		return one->preemptions < other->preemptions;
	return one->steps < other->steps;
}

/* @found is the best by now, which owns its schedule. */
static inline void quest_take(struct quest *quest, const struct explore_fault *found)
{
	if (quest->found)
		schedule_free(&quest->best->schedule);
	*quest->best = *found;
	quest->found = true;
}

/* Whether the execution that has just ended has the fault, in fewer steps. Returns 0 or -errno. */
int quest_look(struct search *s, struct quest *quest);
/*
 * Depth-first search with at most s->plan.preemptions_max preemptions, fewer first. *@proven: that
 * there is none with fewer preemptions, nor with fewer steps, than what it found, if anything.
 * Returns 0 or -errno.
 */
int quest_pursue(struct search *s, struct quest *quest, bool *proven);
/*
 * The same with fewer preemptions than the best of @quest, which has found one, among schedules in
 * which a few threads preempt each other: few_threads.c. Takes at most a quarter of the executions
 * that the search has. Of sequentially consistent memory. Returns 0 or -errno.
 */
int quest_few_threads(struct search *s, struct quest *quest);
/*
 * From @from, a schedule that may have the fault, to one that is less, as far as few executions
 * come: shorten.c. Of sequentially consistent memory. Returns 0 or -errno.
 */
int quest_shorten(struct search *s, struct quest *quest, const struct schedule *from);
/*
 * The same as minimise.c does, under a weak memory model: fewest options first, then preemptions,
 * then steps. Returns 0 or -errno.
 */
int quest_weakly(struct search *s, struct quest *quest, bool *proven);

#endif
