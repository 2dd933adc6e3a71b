/* SPDX-License-Identifier: MIT */
/*
 * A fault with fewer preemptions than are known, among schedules in which two threads preempt each
 * other, or two and the first, which may start the others; the others go on one after another. Most
 * faults need no more, however many threads there are, and to try all schedules of two takes few
 * executions. That proves nothing: a schedule of more threads may have fewer preemptions.
 *
 * Lu, Park, Seo, Zhou: Learning from mistakes, a comprehensive study on real world concurrency bug
 * characteristics. ASPLOS 2008: of 105 bugs 101 need no more than two threads.
 */
#include "quest.h"

#define SHARE 4u /* this takes one of four of the executions of the search, at most */

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

/*
 * @always, the one at fault among them, with each other thread. The fewest preemptions first:
 * threads that do not have the fault take many times the executions with each preemption more.
 * Returns 0 or -errno.
 */
static int pursue_each(struct search *s, struct quest *quest, uint32_t always)
{
	uint32_t most = quest->best->preemptions, others = s->stage.fibers->born & ~always;

	for (uint32_t bound = 0; bound < most; bound++) {
		s->plan.preemptions_max = bound;
		for (uint32_t left = others; left; left &= left - 1) {
			int r;

			if (search_used_up(s) || search_over_now(s))
				return 0;
			r = pursue_few(s, quest, always | (left & -left));
			if (r)
				return r < 0 ? r : 0;
		}
	}
	return 0;
}

int quest_few_threads(struct search *s, struct quest *quest)
{
	uint64_t executions_max = s->executions_max;
	struct explore_plan plan = s->plan;
	int r;

	s->executions_max = s->report->executions + executions_max / SHARE;
	s->plan.bounded = true;
	r = pursue_each(s, quest, 1u << quest->best->cpu);
	if (!r)
		r = pursue_each(s, quest, 1u << quest->best->cpu | 1);
	s->few = 0;
	s->plan.bounded = plan.bounded;
	s->plan.preemptions_max = plan.preemptions_max;
	s->executions_max = executions_max;
	return r;
}
