/* SPDX-License-Identifier: MIT */
/*
 * A fault with fewer preemptions than are known, among schedules in which two threads preempt each
 * other, or two and the first, which may start the others, and may be the one that sees at the end
 * what two of them did; the others go on one after another. Most faults need no more, however many
 * threads there are, and to try all schedules of two takes few executions. That proves nothing: a
 * schedule of more threads may have fewer preemptions.
 *
 * Lu, Park, Seo, Zhou: Learning from mistakes, a comprehensive study on real world concurrency bug
 * characteristics. ASPLOS 2008: of 105 bugs 101 need no more than two threads.
 */
#include "quest.h"

#define SHARE 4u /* this takes one of four of the executions of the search, at most */
#define FIRST 1u /* the first thread's bit */

/* Where only @few may preempt. Returns 1 where the fault was found, 0, or -errno. */
static int pursue_few(struct search *s, struct quest *quest, uint32_t few)
{
	struct explore_fault fewer = {0};
	struct quest mine = {.kind = quest->kind, .best = &fewer};
	uint32_t steps_max = s->stage.fibers->steps_max;
	bool proven;
	int r;

	s->few = few;
	r = quest_pursue(s, &mine, &proven);
	s->stage.fibers->steps_max = steps_max;
	if (!mine.found)
		return r;
	if (!r && quest_is_less(&fewer, quest->best))
		quest_take(quest, &fewer);
	else
		schedule_free(&fewer.schedule);
	return r ? r : 1;
}

/* @always with each of @others. Returns as pursue_few(). */
static int pursue_with(struct search *s, struct quest *quest, uint32_t always, uint32_t others)
{
	for (uint32_t left = others; left; left &= left - 1) {
		int r;

		if (search_used_up(s) || search_over_now(s))
			return 0;
		r = pursue_few(s, quest, always | (left & -left));
		if (r)
			return r;
	}
	return 0;
}

/*
 * @always, the one at fault among them, with each other thread. The fewest preemptions first:
 * threads that do not have the fault take many times the executions with each preemption more.
 * Returns 0 or -errno.
 */
static int pursue_each(struct search *s, struct quest *quest, uint32_t always)
{
	uint32_t most = quest->best->preemptions, others = s->stage.fibers->born & ~always;
	int r = 0;

	for (uint32_t bound = 0; !r && bound < most; bound++) {
		s->plan.preemptions_max = bound;
		r = pursue_with(s, quest, always, others);
	}
	return r < 0 ? r : 0;
}

/* Each two of the threads that the first waits for, where it sees at the end what they did. */
static int pursue_pairs(struct search *s, struct quest *quest)
{
	uint32_t most = quest->best->preemptions, others = s->stage.fibers->born & ~FIRST;
	int r = 0;

	for (uint32_t bound = 0; !r && bound < most; bound++) {
		s->plan.preemptions_max = bound;
		for (uint32_t left = others; !r && left; left &= left - 1)
			r = pursue_with(s, quest, left & -left, left & (left - 1));
	}
	return r < 0 ? r : 0;
}

int quest_few_threads(struct search *s, struct quest *quest)
{
	uint64_t executions_max = s->executions_max, half = executions_max / SHARE / 2;
	struct explore_plan plan = s->plan;
	uint32_t at_fault = 1u << quest->best->cpu;
	int r = 0;

	s->plan.bounded = true;
	s->executions_max = s->report->executions + half;
	if (at_fault == FIRST)
		r = pursue_pairs(s, quest);
	s->executions_max += half;
	if (!r)
		r = pursue_each(s, quest, at_fault);
	if (!r && at_fault != FIRST)
		r = pursue_each(s, quest, at_fault | FIRST);
	s->few = 0;
	s->plan.bounded = plan.bounded;
	s->plan.preemptions_max = plan.preemptions_max;
	s->executions_max = executions_max;
	return r;
}
