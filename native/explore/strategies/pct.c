/* SPDX-License-Identifier: MIT */
/*
 * Probabilistic concurrency testing: random priorities, and depth - 1 random steps where the
 * running thread falls below all others. A fault that takes an order of `depth` steps is met with
 * probability 1/(n k^(depth-1)) at least, n threads, k steps. Burckhardt, Kothari, Musuvathi,
 * Nagarakatte: A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs (2010).
 * k is measured: the longest execution so far, the first one by random priorities alone.
 */
#include "search.h"

#include <errno.h>
#include <stdlib.h>

#define DEPTH_DEFAULT 3

struct pct {
	uint32_t depth;
	int32_t priority[EXPLORE_THREADS_MAX]; /* the highest runs */
	uint32_t change[EXPLORE_DEPTH_MAX];    /* steps */
};

static void shuffle_priorities(struct search *s, struct pct *pct, uint32_t threads)
{
	for (uint32_t i = 0; i < threads; i++)
		pct->priority[i] = (int32_t)i + 1;
	for (uint32_t i = threads - 1; i; i--) {
		uint32_t other = (uint32_t)((search_random(s) >> 32) * (i + 1) >> 32);
		int32_t swap = pct->priority[i];

		pct->priority[i] = pct->priority[other];
		pct->priority[other] = swap;
	}
}

static int pct_begin(struct search *s)
{
	uint32_t steps = s->report->steps_longest;
	struct pct *pct = s->state;

	if (!pct) {
		pct = s->state = calloc(1, sizeof(*pct));
		if (!pct)
			return -ENOMEM;
		pct->depth = s->plan.depth ? s->plan.depth : DEPTH_DEFAULT;
	}
	shuffle_priorities(s, pct, s->stage.model->threads);
	for (uint32_t i = 0; i + 1 < pct->depth; i++)
		pct->change[i] =
			steps ? 1 + (uint32_t)((search_random(s) >> 32) * steps >> 32) : UINT32_MAX;
	return 1;
}

static int pct_choose(void *state, uint32_t enabled)
{
	struct search *s = state;
	struct pct *pct = s->state;
	const struct fibers *f = s->stage.fibers;
	int best = __builtin_ctz(enabled);

	for (uint32_t i = 0; i + 1 < pct->depth; i++)
		if (pct->change[i] == f->steps && f->current < s->stage.model->threads)
			pct->priority[f->current] = -(int32_t)i - 1;
	for (uint32_t left = enabled; left; left &= left - 1) {
		int cpu = __builtin_ctz(left);

		if (pct->priority[cpu] > pct->priority[best])
			best = cpu;
	}
	return best;
}

static void pct_close(struct search *s)
{
	free(s->state);
}

/* The newest half of the time, else any. */
static uint32_t pct_choose_option(void *state, uint32_t cpu, uint32_t count)
{
	uint64_t random = count > 1 ? search_random(state) >> 31 : 0;

	(void)cpu;
	return random & 1 ? (uint32_t)((random >> 1) * count >> 32) : 0;
}

const struct strategy strategy_pct = {
	.begin = pct_begin,
	.choose = pct_choose,
	.choose_option = pct_choose_option,
	.close = pct_close,
	.asks_always = true,
};
