/* SPDX-License-Identifier: MIT */
/*
 * Stateful search of a model that cannot be put back to the middle of an execution: each execution
 * runs from the beginning, along the path, and goes on until it comes to a state that was there
 * before, where it is cut off. What is left of the search is the path, as in dfs.c.
 *
 * An execution that is cut off needs no account of its own, except for its faults. What it has
 * recorded is a part of the state that it came to, and the execution that was there first went on.
 *
 * A step whose outcome another order has shown is not taken: sleep sets. States may have cycles: a
 * thread that goes round comes back to the same state, and that ends the round. So what stateful.c
 * does is not enough: that a thread slept when a state was met does not mean that its step is done
 * with. Each state keeps the threads that slept whenever it was met; where it is met again and one
 * of these is awake, that one's step is taken (Godefroid, Holzmann, Pirottin: State-space caching
 * revisited, 1995). All states are visited, and so all faults and ends met, as if nobody had slept.
 *
 * What a thread that sleeps did when its step was taken may be another access than what it had been
 * about to do: it is kept, as in dpor.c.
 */
#include <errno.h>
#include <stdlib.h>

#include "clocks.h"
#include "search.h"
#include "visits.h"

/* One choice on the path. Masks of threads. */
struct node {
	uint16_t enabled, left, done, sleep; /* left: that step from here later */
	uint16_t ended;			     /* their steps ended the execution */
	uint8_t chosen;
	uint64_t standing;			 /* see search_standing() */
	struct access next[EXPLORE_THREADS_MAX]; /* what each is about to do, or did from here */
};

struct again {
	struct visits seen;
	struct node *node; /* one a step */
	uint32_t depth;	   /* nodes of the path */
	uint32_t replay;   /* of these, to be followed */
	uint64_t states_max;
	int error;
};

static bool choose_next(struct again *again)
{
	while (again->depth) {
		struct node *node = &again->node[again->depth - 1];

		if (node->left) {
			node->chosen = (uint8_t)__builtin_ctz(node->left);
			node->left &= (uint16_t)(node->left - 1);
			again->replay = again->depth;
			return true;
		}
		again->depth--;
	}
	return false;
}

static int again_begin(struct search *s)
{
	struct again *again = s->state;

	if (!again) {
		again = s->state = calloc(1, sizeof(*again));
		if (!again)
			return -ENOMEM;
		again->states_max = s->plan.states_max ? s->plan.states_max : EXPLORE_STATES;
		again->node = malloc(STEPS_MAX * sizeof(*again->node));
		return again->node ? 1 : -ENOMEM;
	}
	if (again->error)
		return again->error;
	if (search_too_many_states(s, again->seen.count))
		return 0;
	return choose_next(again);
}

/* The last access of the execution so far. */
static const struct access *last_access(const struct fibers *f)
{
	uint32_t at = f->length - 1;

	while (access_is_release(&f->trace[at]))
		at--;
	return &f->trace[at];
}

/* Threads whose step behind @before's another order has shown. */
static uint32_t sleepers(const struct search *s, const struct node *before)
{
	const struct access *did = &before->next[before->chosen];
	uint32_t slept = (before->sleep | before->done) & ~before->ended & ~(1u << before->chosen);

	/* As in stateful.c: tasks that go on, and writers that queue. */
	if (s->plan.every_step || s->plan.run_on || did->kind == ACCESS_QUEUE)
		return 0;
	return still_asleep(slept, before->next, did);
}

/*
 * The threads of @enabled that have to take their steps from the state of @s, in which *@asleep
 * sleep. *@asleep becomes those that sleep behind it.
 */
static uint32_t visit(struct search *s, struct again *again, uint32_t enabled, uint32_t *asleep)
{
	const struct explore_model *model = s->stage.model;
	struct visit *visit;
	bool is_new;
	uint32_t awake;

	visit = visits_find(&again->seen, model->state(model->context, s->stage.fibers), &is_new);
	if (!visit) {
		again->error = -ENOMEM;
		return 0;
	}
	if (again->seen.count > again->states_max)
		return 0;
	awake = (is_new ? enabled : visit->asleep & enabled) & ~*asleep;
	*asleep = is_new ? *asleep : *asleep & visit->asleep;
	visit->asleep = *asleep;
	return awake;
}

/* The execution has come to the end of the path. */
static int arrive(struct search *s, struct again *again, struct node *node, uint32_t enabled)
{
	const struct fibers *f = s->stage.fibers;
	const struct node *before = node - 1;
	uint32_t slept = f->steps ? sleepers(s, before) : 0, asleep = slept;
	uint32_t awake = visit(s, again, enabled, &asleep);

	again->depth = f->steps;
	if (!awake) {
		s->redundant = true;
		s->stage.cut = true;
		return NOBODY;
	}
	for (uint32_t cpu = 0; cpu < s->stage.model->threads; cpu++)
		node->next[cpu] = slept >> cpu & 1 ? before->next[cpu] : f->next[cpu];
	node->enabled = (uint16_t)enabled;
	node->standing = search_standing(f);
	node->sleep = (uint16_t)asleep;
	node->done = node->ended = 0;
	node->chosen = (uint8_t)search_default(f, awake);
	node->left = (uint16_t)(awake & ~(1u << node->chosen));
	again->depth = f->steps + 1;
	return node->chosen;
}

static int again_choose(void *state, uint32_t enabled)
{
	struct search *s = state;
	struct again *again = s->state;
	const struct fibers *f = s->stage.fibers;
	struct node *node = &again->node[f->steps], *before = f->steps ? node - 1 : node;

	if (f->steps) {
		before->next[before->chosen] = *last_access(f);
		if (f->steps >= again->replay)
			before->done |= (uint16_t)(1u << before->chosen);
	}
	if (f->steps >= again->replay)
		return arrive(s, again, node, enabled);
	return search_return(s, node->chosen,
			     f->steps + 1 < again->replay || search_standing(f) == node->standing
				     ? node->next[node->chosen].site
				     : NULL,
			     enabled, node->enabled);
}

/* What comes to an end here would not do so after more of the others' steps. */
static void again_end(struct search *s)
{
	const struct again *again = s->state;
	const struct fibers *f = s->stage.fibers;
	struct node *last = &again->node[f->steps - 1];

	if (!f->steps || s->stage.cut)
		return;
	last->next[last->chosen] = *last_access(f);
	last->done |= (uint16_t)(1u << last->chosen);
	if (f->ended)
		last->ended |= (uint16_t)(1u << last->chosen);
}

static void again_close(struct search *s)
{
	struct again *again = s->state;

	if (!again)
		return;
	s->report->states =
		again->seen.count < again->states_max ? again->seen.count : again->states_max;
	visits_free(&again->seen);
	free(again->node);
	free(again);
}

static const struct strategy strategy_again = {
	.begin = again_begin,
	.choose = again_choose,
	.end = again_end,
	.close = again_close,
	.asks_always = true,
	.exhausts = true,
};

int search_states_again(struct search *s)
{
	const struct explore_model *model = s->stage.model;
	int r;

	if (model->look)
		model->look(model->context, true);
	r = search_run(s, &strategy_again);
	if (model->look)
		model->look(model->context, false);
	return r;
}
