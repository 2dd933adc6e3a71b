/* SPDX-License-Identifier: MIT */
/*
 * Dynamic partial order reduction: at least one execution of every trace, and of programs of locks
 * and atomics no more than one, by wakeup trees. These take it that what commutes once always does.
 * Where a thread waits for a word, queues at a rwsem or begins behind a choice, or a fault ends an
 * execution, that is not so: the search begins again with source sets and sleep sets, which cut
 * some executions off. Abdulla, Aronis, Jonsson, Sagonas: Source Sets (J. ACM 2017).
 */
#include <errno.h>
#include <stdlib.h>

#include "dpor.h"

/* Have all of @cpus (a mask) be tried at @node, whatever comes then. */
static void try_all(struct dpor *dpor, struct node *node, uint32_t cpus)
{
	node->backtrack |= (uint16_t)cpus;
	dpor->falls_back = true;
}

/* The thread to try at @node next; NOBODY: none is left. */
static int take_next(struct dpor *dpor, struct node *node)
{
	uint32_t seen = node->done | node->sleep, cpu, after;

	if (dpor->simple) {
		uint32_t left = node->backtrack & ~seen;

		return left ? __builtin_ctz(left) : NOBODY;
	}
	while (node->left) {
		after = wakeups_take(&dpor->wakeups, &node->left, &cpu);
		if (node->enabled & ~seen & 1u << cpu) {
			dpor->guide = after;
			return (int)cpu;
		}
		wakeups_drop(&dpor->wakeups, after);
		dpor->falls_back |= !(seen >> cpu & 1);
	}
	return NOBODY;
}

static bool choose_next(struct dpor *dpor)
{
	for (; dpor->depth; dpor->depth--) {
		struct node *node = &dpor->node[dpor->depth - 1];
		int cpu = take_next(dpor, node);

		if (cpu == NOBODY)
			continue;
		node->chosen = (uint8_t)cpu;
		node->done |= (uint16_t)(1u << cpu);
		node->about = node->next[cpu];
		dpor->replay = dpor->depth;
		dpor->follows = true;
		return true;
	}
	return false;
}

/* From now on without sequences. What relied on them has to be done again. */
static void simplify(struct dpor *dpor)
{
	dpor->simple = true;
	dpor->restart = dpor->relied;
	dpor->guide = 0;
	for (uint32_t i = 0; i < dpor->depth; i++)
		dpor->node[i].left = 0;
	wakeups_free(&dpor->wakeups);
}

/* What was executed so far will be again, and counts then. Returns 1. */
static int begin_again(struct search *s)
{
	struct dpor *dpor = s->state;

	dpor->restart = false;
	dpor->simple = true;
	dpor->replay = 0;
	s->report->blocked =
		dpor->redundant_before + s->report->executions - dpor->executions_before;
	return 1;
}

static int dpor_begin(struct search *s)
{
	struct dpor *dpor = s->state;

	if (dpor) {
		wakeups_drop(&dpor->wakeups, dpor->guide);
		dpor->guide = 0;
		if (dpor->no_memory)
			return -ENOMEM;
		if (!dpor->restart && choose_next(dpor))
			return 1;
		if (!dpor->simple && dpor->falls_back)
			simplify(dpor);
		return dpor->restart ? begin_again(s) : 0;
	}
	dpor = s->state = calloc(1, sizeof(*dpor));
	if (!dpor)
		return -ENOMEM;
	dpor->executions_before = s->report->executions;
	dpor->redundant_before = s->report->blocked;
	/* All parts try the same where they overlap, in the same order. */
	dpor->simple = s->split.count > 1;
	dpor->clocks = clocks_new(s->stage.model->memory_bytes);
	dpor->node = malloc(STEPS_MAX * sizeof(*dpor->node));
	dpor->sequence = malloc((STEPS_MAX + 1) * sizeof(*dpor->sequence));
	return dpor->clocks && dpor->node && dpor->sequence ? 1 : -ENOMEM;
}

/* The last access of the execution so far. */
static const struct access *last_access(const struct fibers *f)
{
	uint32_t at = f->length - 1;

	while (access_is_release(&f->trace[at]))
		at--;
	return &f->trace[at];
}

/* Threads that need not run here: their next access was tried, and nothing since depends on it. */
static uint32_t sleepers(const struct node *before, const struct access *did)
{
	return still_asleep((before->sleep | before->done) & ~(1u << before->chosen), before->next,
			    did);
}

/* Choose at @node, which is new, what the guide has first, of the threads in @awake (a mask). */
static void follow_guide(struct dpor *dpor, struct node *node, uint32_t awake)
{
	uint32_t cpu, after, left;

	node->left = dpor->guide;
	dpor->guide = 0;
	while (node->left) {
		after = wakeups_take(&dpor->wakeups, &node->left, &cpu);
		if (awake >> cpu & 1) {
			node->chosen = (uint8_t)cpu;
			dpor->guide = after;
			break;
		}
		/* What it does was seen, or it cannot go on here after all. */
		wakeups_drop(&dpor->wakeups, after);
		dpor->falls_back |= !(node->sleep >> cpu & 1);
	}
	for (left = node->left; left; left = dpor->wakeups.step[left].brother)
		node->backtrack |= (uint16_t)(1u << dpor->wakeups.step[left].access.cpu);
}

static int dpor_choose(void *state, uint32_t enabled)
{
	struct search *s = state;
	struct dpor *dpor = s->state;
	const struct fibers *f = s->stage.fibers;
	struct node *node = &dpor->node[f->steps], *before = f->steps ? node - 1 : node;
	uint32_t asleep = 0, awake;

	if (f->steps)
		before->next[before->chosen] = *last_access(f);
	if (f->steps < dpor->replay)
		return search_return(s, node->chosen,
				     f->steps + 1 < dpor->replay ||
						     search_standing(f) == node->standing
					     ? node->next[node->chosen].site
					     : NULL,
				     enabled, node->enabled);
	if (f->steps)
		asleep = sleepers(before, &before->next[before->chosen]);
	for (uint32_t cpu = 0; cpu < s->stage.model->threads; cpu++) {
		node->next[cpu] = f->next[cpu];
		/* Asleep means: not since it did that. */
		if (f->steps && asleep >> cpu & 1)
			node->next[cpu] = before->next[cpu];
	}
	node->enabled = (uint16_t)enabled;
	node->standing = search_standing(f);
	node->sleep = (uint16_t)asleep;
	node->done = node->backtrack = 0;
	node->left = 0;
	awake = enabled & ~asleep;
	if (!awake) {
		s->redundant = true;
		s->stage.cut = true;
		return NOBODY;
	}
	node->chosen = (uint8_t)search_default(f, awake);
	node->unsure = f->steps ? before->unsure & (uint16_t)asleep : 0;
	/* One that failed after all has woken nobody. */
	if (!dpor->guide && dpor->follows) {
		node->unsure = (uint16_t)asleep;
		dpor->follows = false;
	}
	if (dpor->guide)
		follow_guide(dpor, node, awake);
	node->about = f->next[node->chosen];
	node->done = (uint16_t)(1u << node->chosen);
	node->backtrack |= node->done;
	if (unlikely(split_is_open(&s->split)))
		node->backtrack = (uint16_t)enabled;
	return node->chosen;
}

/*
 * Threads that could begin a continuation in which @later comes before @earlier. Of each thread,
 * take the first access after @earlier that does not depend on @earlier: the thread is one of them
 * if that access depends on none of the other threads'.
 */
static uint32_t initials(const struct clocks *c, uint32_t earlier, uint32_t cpu,
			 const clock_vector *clock)
{
	const struct event *e = &c->event[earlier];
	uint16_t first[CLOCK_WIDTH];
	uint32_t seen = 0, result = 0;

	for (uint32_t i = earlier + 1; i <= c->count; i++) {
		bool is_later = i == c->count;
		uint32_t t = is_later ? cpu : c->event[i].access.cpu;
		const clock_vector *at = is_later ? clock : &c->event[i].clock;
		/* Where the rwsem is not yet held, the thread would take it and not queue. */
		bool free = is_later || c->event[i].access.kind != ACCESS_QUEUE ||
			    c->event[i].behind < (int32_t)earlier + (t == cpu);

		if (!is_later && (*at)[e->access.cpu] >= e->index)
			continue;
		if (seen >> t & 1)
			continue;
		first[t] = is_later ? (*at)[t] : c->event[i].index;
		for (uint32_t u = 0; u < c->threads; u++)
			if (u != t && seen >> u & 1 && (*at)[u] >= first[u])
				free = false;
		seen |= 1u << t;
		result |= (uint32_t)free << t;
	}
	return result;
}

/* Context: the clocks stand at the later access: c->count events came before it. */
static bool dpor_race(void *context, const struct clocks *c, uint32_t earlier,
		      const struct access *later, const clock_vector *clock)
{
	struct dpor *dpor = context;
	struct node *node = &dpor->node[earlier];
	uint32_t cpu = later->cpu, first, could;

	/*
	 * A wait does not depend on the same things wherever it ends, so its clock does not say
	 * what could come before it: any thread that can go on may be first.
	 */
	if (access_waits(later)) {
		try_all(dpor, node, node->enabled);
		return true;
	}
	first = initials(c, earlier, cpu, clock);
	could = first & node->enabled;
	if (!could) {
		/* It was disabled there, and waits for @earlier: not to be turned round. */
		if (first == 1u << cpu)
			return false;
		try_all(dpor, node, node->enabled);
		return true;
	}
	/* What was given may be what a thread needs to take it. */
	if (!dpor->simple &&
	    (could >> cpu & 1 || !access_takes(later) || access_takes(&c->event[earlier].access)))
		reversals_add(dpor, earlier, later, clock);
	else if (!(node->backtrack & could))
		try_all(dpor, node, could >> cpu & 1 ? 1u << cpu : could & -could);
	return true;
}

static void dpor_end(struct search *s)
{
	struct dpor *dpor = s->state;
	const struct fibers *f = s->stage.fibers;
	uint32_t from = dpor->replay ? dpor->replay - 1 : 0, pending;

	dpor->reversals = 0;
	dpor->depth = f->steps;
	if (!dpor->simple && reversals_are_simple(dpor, f))
		simplify(dpor);
	/* A sleeping thread need not be looked at; one that waits may have missed its chance. */
	pending = s->redundant ? ~fibers_enabled(f) : ~0u;
	clocks_analyse(dpor->clocks, f, from, pending, dpor_race, dpor);
	if (!dpor->simple && dpor->falls_back) {
		simplify(dpor);
		clocks_analyse(dpor->clocks, f, from, pending, dpor_race, dpor);
	}
	if (!dpor->simple)
		reversals_make(dpor);
	if (f->steps) {
		struct node *last = &dpor->node[f->steps - 1];
		const struct access *did = &dpor->clocks->event[f->steps - 1].access;

		last->next[last->chosen] = *did;
		/* The end came to threads that had queued before just as to threads that sleep. */
		if (f->ended && sleepers(last, did))
			s->redundant = true;
	}
}

static void dpor_close(struct search *s)
{
	struct dpor *dpor = s->state;

	if (!dpor)
		return;
	clocks_free(dpor->clocks);
	wakeups_free(&dpor->wakeups);
	free(dpor->reversal);
	free(dpor->sequence);
	free(dpor->node);
	free(dpor);
}

const struct strategy strategy_dpor = {
	.begin = dpor_begin,
	.choose = dpor_choose,
	.end = dpor_end,
	.close = dpor_close,
	.asks_always = true,
	.exhausts = true,
};
