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
 *
 * Under a weak memory model a step is a thread's with an option: what its access reads, or where it
 * lands. A thread sleeps when all its options were taken; a write to what it is about to access
 * wakes it, so that what it has not been able to read before it may read then. Two steps that touch
 * different words may depend on each other all the same, which the model says. Where stores wait in
 * buffers, that one leaves its buffer is a step, too, and nobody sleeps.
 */
#include <errno.h>
#include <stdlib.h>

#include "clocks.h"
#include "memory.h"
#include "search.h"
#include "visits.h"

/* One choice on the path. Masks of threads. */
struct node {
	uint16_t enabled, left, done, sleep;  /* left: that step from here later */
	uint16_t ended;			      /* their steps ended the execution */
	uint16_t depend[EXPLORE_THREADS_MAX]; /* on each, whatever words they touch */
	uint8_t chosen;
	uint8_t option, options;		 /* of what `chosen` does: which, of how many */
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

		if (node->option + 1 < node->options) {
			node->option++;
			again->replay = again->depth;
			return true;
		}
		node->done |= (uint16_t)(1u << node->chosen);
		node->option = node->options = 0;
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

/* Whether @node's step is a store that leaves a buffer: no thread was about to do it. */
static bool flushes(const struct node *node, const struct fibers *f)
{
	return unlikely(f->weak_choice) && node->chosen >= FLUSH_FIRST;
}

/* @node's thread has taken its step. What it does with some option it may do, in its sleep. */
static void note_step(struct node *node, const struct fibers *f)
{
	if (node->options < 2 && !flushes(node, f))
		node->next[node->chosen] = *last_access(f);
}

/* Threads whose step behind @before's, which did @did, another order has shown. */
static uint32_t sleepers(const struct search *s, const struct node *before,
			 const struct access *did)
{
	uint32_t slept = (before->sleep | before->done) & ~before->ended & ~(1u << before->chosen);

	/* As in stateful.c: tasks that go on, and writers that queue. */
	if (s->plan.every_step || s->plan.run_on || did->kind == ACCESS_QUEUE)
		return 0;
	return still_asleep(slept & ~before->depend[before->chosen], before->next, did);
}

/* What of @enabled depends on each other without touching the same words. */
static void find_dependent(const struct search *s, struct node *node, uint32_t enabled)
{
	const struct memory *m = s->memory;

	for (uint32_t a = 0; a < s->stage.model->threads; a++)
		node->depend[a] = 0;
	for (uint32_t all = m ? enabled : 0; all; all &= all - 1) {
		uint32_t a = (uint32_t)__builtin_ctz(all);

		for (uint32_t left = enabled; left; left &= left - 1) {
			uint32_t b = (uint32_t)__builtin_ctz(left);

			if (a != b && m->ops->dependent(m, a, b))
				node->depend[a] |= (uint16_t)(1u << b);
		}
	}
}

static uint64_t state_of(const struct search *s)
{
	const struct explore_model *model = s->stage.model;
	uint64_t hash = model->state(model->context, s->stage.fibers);

	return s->memory ? fibers_mix(hash, s->memory->ops->hash(s->memory)) : hash;
}

/*
 * The threads of @enabled that have to take their steps from the state of @s, in which *@asleep
 * sleep. *@asleep becomes those that sleep behind it.
 */
static uint32_t visit(struct search *s, struct again *again, uint32_t enabled, uint32_t *asleep)
{
	struct visit *visit;
	bool is_new;
	uint32_t awake;

	visit = visits_find(&again->seen, state_of(s), &is_new);
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
	uint32_t slept = f->steps ? sleepers(s, before, last_access(f)) : 0, asleep = slept;
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
	node->option = node->options = 0;
	find_dependent(s, node, enabled);
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

	if (f->steps)
		note_step(before, f);
	if (f->steps >= again->replay)
		return arrive(s, again, node, enabled);
	return search_return(s, node->chosen,
			     f->steps + 1 < again->replay || search_standing(f) == node->standing
				     ? node->next[node->chosen].site
				     : NULL,
			     enabled, node->enabled);
}

static uint32_t again_choose_option(void *state, uint32_t cpu, uint32_t count)
{
	struct search *s = state;
	const struct again *again = s->state;
	struct node *node = &again->node[s->stage.fibers->steps - 1];

	if (!node->options)
		node->options = (uint8_t)count;
	else if (node->options != count)
		search_return(s, cpu, NULL, 0, 0);
	return node->option < count ? node->option : 0;
}

/* What comes to an end here would not do so after more of the others' steps. */
static void again_end(struct search *s)
{
	const struct again *again = s->state;
	const struct fibers *f = s->stage.fibers;
	struct node *last = &again->node[f->steps - 1];

	if (!f->steps || s->stage.cut)
		return;
	note_step(last, f);
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
	.choose_option = again_choose_option,
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
