/* SPDX-License-Identifier: MIT */
/*
 * Dynamic partial order reduction with source sets and sleep sets: at least one execution of every
 * trace, and on programs of locks and atomics almost always no more than one.
 * Abdulla, Aronis, Jonsson, Sagonas: Source Sets (J. ACM 2017).
 */
#include <errno.h>
#include <stdlib.h>

#include "clocks.h"
#include "search.h"

/* One choice on the path. Masks of threads. */
struct node {
	uint16_t enabled, backtrack, done, sleep;
	uint8_t chosen;
	uint64_t standing;			 /* see search_standing() */
	struct access next[EXPLORE_THREADS_MAX]; /* what each is about to do, or did from here */
};

struct dpor {
	struct clocks *clocks;
	struct node *node; /* one a step */
	uint32_t depth;	   /* steps of the last execution */
	uint32_t replay;   /* of the next, to be followed */
	bool begun;
};

static bool choose_next(struct dpor *dpor)
{
	while (dpor->depth) {
		struct node *node = &dpor->node[dpor->depth - 1];
		uint32_t left = node->backtrack & ~node->done & ~node->sleep;

		if (left) {
			node->chosen = (uint8_t)__builtin_ctz(left);
			node->done |= (uint16_t)(1u << node->chosen);
			dpor->replay = dpor->depth;
			return true;
		}
		dpor->depth--;
	}
	return false;
}

static int dpor_begin(struct search *s)
{
	struct dpor *dpor = s->state;

	if (dpor)
		return choose_next(dpor);
	dpor = s->state = calloc(1, sizeof(*dpor));
	if (!dpor)
		return -ENOMEM;
	dpor->clocks = clocks_new(s->stage.model->memory_bytes);
	dpor->node = malloc(STEPS_MAX * sizeof(*dpor->node));
	return dpor->clocks && dpor->node ? 1 : -ENOMEM;
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
	awake = enabled & ~asleep;
	if (!awake) {
		s->redundant = true;
		s->stage.cut = true;
		return NOBODY;
	}
	node->chosen = (uint8_t)search_default(f, awake);
	node->done = node->backtrack = (uint16_t)(1u << node->chosen);
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
		node->backtrack |= node->enabled;
		return true;
	}
	first = initials(c, earlier, cpu, clock);
	could = first & node->enabled;
	if (!could) {
		/* It was disabled there, and waits for @earlier: not to be turned round. */
		if (first == 1u << cpu)
			return false;
		node->backtrack |= node->enabled;
		return true;
	}
	if (!(node->backtrack & could))
		node->backtrack |= (uint16_t)(could >> cpu & 1 ? 1u << cpu : could & -could);
	return true;
}

static void dpor_end(struct search *s)
{
	struct dpor *dpor = s->state;
	const struct fibers *f = s->stage.fibers;
	uint32_t from = dpor->replay ? dpor->replay - 1 : 0;

	/* A sleeping thread need not be looked at; one that waits may have missed its chance. */
	clocks_analyse(dpor->clocks, f, from, s->redundant ? ~fibers_enabled(f) : ~0u, dpor_race,
		       dpor);
	dpor->depth = f->steps;
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
