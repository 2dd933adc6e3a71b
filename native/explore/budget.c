/* SPDX-License-Identifier: MIT */
/* What a plan may ask for, and what it gets where it asks for nothing. */
#include <inttypes.h>
#include <stdio.h>

#include "open.h"

static bool samples(const struct explore_plan *plan)
{
	return strategy_table[plan->strategy].samples;
}

/* Whether the search ends with states, and not with executions. */
static bool is_stateful(const struct explore_plan *plan)
{
	return plan->strategy == EXPLORE_STATEFUL || (plan->strategy == EXPLORE_PORTFOLIO &&
						      (!plan->races || plan->memory != EXPLORE_SC));
}

uint64_t budget_executions(const struct explore_plan *plan)
{
	if (plan->executions_max)
		return plan->executions_max;
	if (plan->time_ms_max || is_stateful(plan))
		return UINT64_MAX;
	return samples(plan) ? EXPLORE_SAMPLES : EXPLORE_EXECUTIONS;
}

bool budget_bounded(const struct explore_plan *plan)
{
	return plan->bounded || (plan->preemptions_max && plan->preemptions_max != UINT32_MAX);
}

bool budget_is_sampling(const struct explore_plan *plan)
{
	return samples(plan);
}

/* A sentence on the first thing that is wrong, or NULL. @number: the value that it is about. */
static const char *complaint(const struct explore_plan *plan, uint64_t *number)
{
	enum explore_strategy strategy = plan->strategy;
	bool splits = strategy == EXPLORE_DFS || strategy == EXPLORE_DPOR;

	*number = strategy;
	if (strategy >= EXPLORE_STRATEGIES)
		return "Expected `strategy` to be a row of strategies.def";
	*number = plan->memory;
	if (plan->memory >= EXPLORE_MEMORIES)
		return "Expected `memory` to be a row of models.def";
	*number = strategy;
	if (plan->memory != EXPLORE_SC && (strategy == EXPLORE_STICKY || strategy == EXPLORE_DPOR))
		return "Expected `strategy` to be portfolio, random, pct, dfs or stateful under a "
		       "weak memory model";
	*number = plan->preemptions_max;
	if (plan->memory != EXPLORE_SC && budget_bounded(plan))
		return "Expected `preemptions_max` to be 0 under a weak memory model";
	*number = plan->parts;
	if (plan->memory != EXPLORE_SC && plan->parts > 1)
		return "Expected `parts` to be 0 or 1 under a weak memory model";
	*number = plan->order_count;
	if (plan->order_count && plan->memory != EXPLORE_RC11)
		return "Expected `order_count` to be 0 except under rc11";
	*number = plan->paranoid;
	if (plan->paranoid && plan->memory != EXPLORE_SC)
		return "Expected `paranoid` to be false under a weak memory model";
	*number = plan->steps_max;
	if (plan->steps_max > STEPS_MAX)
		return "Expected `steps_max` to be 0..4096 (steps of one execution)";
	*number = plan->depth;
	if (plan->depth > EXPLORE_DEPTH_MAX)
		return "Expected `depth` to be 0..64 (orderings)";
	if (plan->depth && strategy != EXPLORE_PCT && strategy != EXPLORE_PORTFOLIO)
		return "Expected `depth` to be 0 except for pct and portfolio";
	*number = plan->preemptions_max;
	if (budget_bounded(plan) && strategy != EXPLORE_DFS)
		return "Expected `preemptions_max` to be 0 except for dfs";
	*number = plan->states_max;
	if (plan->states_max && !is_stateful(plan))
		return "Expected `states_max` to be 0 except for stateful, portfolio without races";
	*number = plan->every_step;
	if (plan->every_step && strategy != EXPLORE_STATEFUL)
		return "Expected `every_step` to be false except for stateful";
	/* A state does not remember how it was reached, and races are about that. */
	*number = plan->races;
	if (plan->races && strategy == EXPLORE_STATEFUL && plan->memory == EXPLORE_SC)
		return "Expected `races` to be false for stateful";
	/* What samples or remembers states cannot be split. */
	*number = plan->parts;
	if (plan->parts > 1 && !splits)
		return "Expected `parts` to be 0 or 1 except for dfs and dpor";
	*number = plan->part;
	if (plan->parts > 1 && plan->part >= plan->parts)
		return "Expected `part` to be below `parts`";
	return NULL;
}

_Static_assert(STEPS_MAX == 4096 && EXPLORE_DEPTH_MAX == 64, "as the sentences above have them");

bool explore_plan_fits(const struct explore_plan *plan, char *text, size_t bytes)
{
	uint64_t number;
	const char *says = complaint(plan, &number);

	if (says && text)
		snprintf(text, bytes, "%s, got `%" PRIu64 "`", says, number);
	return !says;
}
