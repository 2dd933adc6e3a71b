/* SPDX-License-Identifier: MIT */
/*
 * Minimising: depth-first search by rising preemption bound for one kind of fault. The first bound
 * that has it is the smallest number of preemptions there is; that pass is finished to find the
 * fewest steps, cutting off what is longer than the best so far. Where that does not come to its
 * end, the one that it started from, made shorter, may be less: shorten.c. Under a weak memory
 * model: see weak_quest.c.
 */
#include <errno.h>

#include "open.h"
#include "quest.h"
#include "schedule.h"

#define NO_BOUND UINT32_MAX
#define NEARBY 8u		   /* preemptions and options */
#define PROOF_MAX UINT64_C(500000) /* executions, for that there is none with fewer options */

int quest_look(struct search *s, struct quest *quest)
{
	struct fibers *f = s->stage.fibers;

	for (uint32_t i = 0; i < f->fault_count; i++) {
		const struct fiber_fault *fault = &f->fault[i];

		if (!quest_wants(s, quest, fault) ||
		    (quest->found && fault->step >= quest->best->steps))
			continue;
		if (quest->found)
			schedule_free(&quest->best->schedule);
		quest->found = true;
		f->steps_max = fault->step ? fault->step : 1;
		*quest->best = quest_fault(s, fault);
		return schedule_take(&quest->best->schedule, f, fault->step,
				     &quest->best->preemptions);
	}
	return 0;
}

int quest_pursue(struct search *s, struct quest *quest, bool *proven)
{
	struct fibers *f = s->stage.fibers;
	int r;

	f->choose = strategy_dfs.choose;
	f->choose_option = strategy_dfs.choose_option;
	f->strategy = s;
	s->report->bound = NO_BOUND;
	for (;;) {
		uint32_t passed = s->report->bound;

		r = strategy_dfs.begin(s);
		*proven = r == 0 || (r > 0 && s->report->bound != passed);
		if (r <= 0 || (quest->found && *proven))
			break;
		if (search_used_up(s)) {
			*proven = false;
			break;
		}
		if (s->races)
			races_reset(s->races);
		stage_run(&s->stage);
		if (s->differs) {
			r = -ESTALE;
			break;
		}
		r = s->stage.refused[0] ? -EINVAL : quest_look(s, quest);
		s->report->executions++;
		s->report->points += f->steps;
		if (r || search_over(s)) {
			*proven = false;
			break;
		}
	}
	strategy_dfs.close(s);
	s->state = NULL;
	return r < 0 ? r : 0;
}

/* All with few preemptions and options together, the fewer options first. *@proven: of its last. */
static int pursue_nearby(struct search *s, struct quest *quest, bool *proven)
{
	uint64_t executions_max = s->executions_max;
	int r = 0;

	s->executions_max /= 2;
	s->plan.bounded = true;
	*proven = true;
	for (uint32_t both = 0; !r && !quest->found && *proven && both <= NEARBY; both++)
		for (uint32_t options = 0; !r && !quest->found && *proven && options <= both;
		     options++) {
			s->options_max = options;
			s->plan.preemptions_max = both - options;
			r = quest_pursue(s, quest, proven);
		}
	s->plan.bounded = false;
	s->executions_max = executions_max;
	return r;
}

/* The fewest options first, fewer than @options_end: that a pass found none is a part of the proof.
 */
static int pursue_options(struct search *s, struct quest *quest, uint32_t options_end, bool *proven)
{
	int r = 0;

	s->plan.preemptions_max = NO_BOUND - 1;
	*proven = true;
	for (s->options_max = 0; s->options_max < options_end; s->options_max++) {
		s->options_cut = false;
		r = quest_pursue(s, quest, proven);
		if (r || quest->found || !*proven || !s->options_cut)
			break;
	}
	return r;
}

/*
 * The fewest options first: see weak_quest.c. A model that cannot be gone back in runs again, and
 * to run all schedules without an option takes too long where there is one more than a few steps.
 * So a schedule that has few of both is looked for first; then whether one has fewer options, for
 * about as long.
 */
static int pursue_weakly(struct search *s, struct quest *quest, bool *proven)
{
	uint32_t steps_max = s->stage.fibers->steps_max;
	struct explore_fault fewer = {0};
	struct quest rest = {.kind = quest->kind, .best = &fewer};
	uint64_t executions_max = s->executions_max;
	bool is_least;
	int r;

	s->options_bounded = true;
	r = pursue_nearby(s, quest, &is_least);
	if (r)
		return r;
	if (!quest->found)
		return pursue_options(s, quest, NO_BOUND, proven);
	s->stage.fibers->steps_max = steps_max;
	if (executions_max - s->report->executions > PROOF_MAX)
		s->executions_max = s->report->executions + PROOF_MAX;
	r = pursue_options(s, &rest, s->options_max, proven);
	if (rest.found) {
		schedule_free(&quest->best->schedule);
		*quest->best = fewer;
	} else {
		*proven &= is_least;
	}
	return r;
}

/*
 * What is found by rising bounds, or else the schedule that is known already, made shorter. What
 * that takes is not taken from the executions of the proof.
 */
static int pursue_known(struct search *s, struct quest *quest, bool *proven)
{
	struct explore_fault shorter = {0};
	struct quest known = {.kind = quest->kind, .best = &shorter};
	uint32_t steps_max = s->stage.fibers->steps_max;
	int r = s->plan.from ? quest_shorten(s, &known, s->plan.from) : 0;

	s->report->executions = 0;
	if (!r)
		r = quest_pursue(s, quest, proven);
	s->stage.fibers->steps_max = steps_max;
	if (known.found) {
		if (r || *proven || (quest->found && !quest_is_less(&shorter, quest->best)))
			schedule_free(&shorter.schedule);
		else
			quest_take(quest, &shorter);
	}
	return r || *proven || !quest->found ? r : quest_few_threads(s, quest);
}

int explore_minimise(const struct explore_model *model, const struct explore_plan *plan,
		     uint32_t kind, struct explore_fault *fault, bool *proven)
{
	struct explore_report report = {0};
	struct explore_plan mine = plan ? *plan : (struct explore_plan){0};
	struct quest quest = {.kind = kind, .best = fault};
	struct search s;
	int r;

	if (!model || !plan || !fault || !proven)
		return -EINVAL;
	mine.strategy = EXPLORE_DFS;
	mine.preemptions_max = mine.memory == EXPLORE_SC ? NO_BOUND - 1 : 0;
	mine.depth = 0;
	mine.states_max = 0;
	mine.all_faults = true;
	mine.collect = false;
	*fault = (struct explore_fault){0};
	*proven = false;
	mine.every_step = mine.paranoid = false;
	if (!explore_plan_fits(&mine, NULL, 0))
		return -EINVAL;
	r = search_open(&s, model, &mine, &report);
	s.plan.states_max = plan->states_max;
	if (!r)
		r = !s.memory	      ? pursue_known(&s, &quest, proven)
		    : model->put_back ? pursue_weakly(&s, &quest, proven)
				      : quest_weakly(&s, &quest, proven);
	else if (r == -EFAULT)
		r = quest_look(&s, &quest);
	search_close(&s);
	explore_report_free(&report);
	if (r && quest.found)
		schedule_free(&fault->schedule);
	return r ? r : quest.found ? 0 : -ENOENT;
}
