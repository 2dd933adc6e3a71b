/* SPDX-License-Identifier: MIT */
/*
 * Depth-first search, bounded by preemptions: all executions with none, then all with one, and so
 * on, until a bound cuts nothing off. With plan.preemptions_max == UINT32_MAX one pass without a
 * bound. Musuvathi, Qadeer: Iterative Context Bounding (2007).
 *
 * A pass with bound b revisits what fewer preemptions reach. It is the price of the order, and
 * small: each pass is larger than all before it together.
 */
#include <errno.h>
#include <stdlib.h>

#include "open.h"
#include "search.h"

#define UNBOUNDED UINT32_MAX

/* One choice on the path: what was tried, and what is left. */
struct branch {
	uint32_t step;
	uint16_t left; /* not yet tried */
	uint8_t chosen;
	const struct site *site; /* where the chosen thread stood */
	uint32_t enabled;
	uint64_t standing; /* see search_standing() */
	uint8_t current; /* ran before: to go on with another thread preempts it, if it can go on */
	uint32_t preemptions; /* before this choice */
	uint8_t options;      /* of a choice of what an access does: how many there are; else 0 */
};

struct dfs {
	struct branch *path;
	uint32_t depth;	 /* branches of the execution that runs */
	uint32_t replay; /* of these, to be followed */
	uint32_t bound;
	bool cut; /* the bound cut something off in this pass */
	bool begun;
};

/* Advance the deepest branch that has something left. Returns false when there is none. */
static bool advance(struct dfs *dfs)
{
	while (dfs->depth) {
		struct branch *branch = &dfs->path[dfs->depth - 1];

		if (branch->options > branch->chosen + 1) {
			branch->chosen++;
			dfs->replay = dfs->depth;
			return true;
		}
		if (!branch->options && branch->left) {
			branch->chosen = (uint8_t)__builtin_ctz(branch->left);
			branch->left &= (uint16_t)(branch->left - 1);
			dfs->replay = dfs->depth;
			return true;
		}
		dfs->depth--;
	}
	return false;
}

static int dfs_begin(struct search *s)
{
	struct dfs *dfs = s->state;

	if (!dfs) {
		dfs = s->state = calloc(1, sizeof(*dfs));
		if (!dfs)
			return -ENOMEM;
		/* A step has a thread, and may have an option. */
		dfs->path = malloc(2 * STEPS_MAX * sizeof(*dfs->path));
		if (!dfs->path)
			return -ENOMEM;
		dfs->bound = budget_bounded(&s->plan) ? 0 : UNBOUNDED;
		dfs->depth = 0;
		return 1;
	}
	if (advance(dfs)) {
		dfs->depth = 0;
		return 1;
	}
	s->report->bound = dfs->bound;
	if (!dfs->cut)
		return 0;
	if (dfs->bound == s->plan.preemptions_max) {
		s->report->limit = LIMIT_PREEMPTIONS;
		return 0;
	}
	dfs->bound++;
	dfs->cut = false;
	dfs->replay = 0;
	return 1;
}

/* Whether taking @chosen at @branch preempts. */
static bool preempts(const struct branch *branch, uint32_t could)
{
	return could >> branch->current & 1 && branch->chosen != branch->current;
}

static uint32_t preemptions_behind(const struct fibers *f, const struct branch *branch)
{
	if (branch->options)
		return branch->preemptions;
	return branch->preemptions + preempts(branch, choice_could(f->schedule[branch->step]));
}

/* The same under a weak memory model, where a thread has been chosen: what its access does. */
static uint32_t dfs_choose_option(void *state, uint32_t cpu, uint32_t count)
{
	struct search *s = state;
	struct dfs *dfs = s->state;
	const struct fibers *f = s->stage.fibers;
	struct branch *branch = &dfs->path[dfs->depth++];

	if (dfs->depth <= dfs->replay) {
		if (unlikely(branch->options != count))
			search_return(s, cpu, NULL, 0, 0);
		return branch->chosen < count ? branch->chosen : 0;
	}
	*branch = (struct branch){.step = f->steps - 1,
				  .current = (uint8_t)f->current,
				  .preemptions =
					  dfs->depth > 1 ? preemptions_behind(f, branch - 1) : 0,
				  .options = (uint8_t)count};
	return 0;
}

static int dfs_choose(void *state, uint32_t enabled)
{
	struct search *s = state;
	struct dfs *dfs = s->state;
	const struct fibers *f = s->stage.fibers;
	struct branch *branch = &dfs->path[dfs->depth++];
	const struct branch *before = branch - 1;
	bool stays = enabled >> f->current & 1;

	if (dfs->depth < dfs->replay)
		return search_return(s, branch->chosen, branch->site, enabled, branch->enabled);
	if (dfs->depth == dfs->replay) {
		branch->site = f->next[branch->chosen].site;
		return search_return(s, branch->chosen,
				     search_standing(f) == branch->standing ? branch->site : NULL,
				     enabled, branch->enabled);
	}
	branch->enabled = enabled;
	branch->standing = search_standing(f);
	branch->step = f->steps;
	branch->current = (uint8_t)f->current;
	branch->options = 0;
	branch->preemptions = dfs->depth > 1 ? preemptions_behind(f, before) : 0;
	branch->chosen = (uint8_t)search_default(f, enabled);
	branch->left = (uint16_t)(enabled & ~(1u << branch->chosen));
	if (stays && branch->preemptions >= dfs->bound) {
		branch->left = 0;
		dfs->cut = true;
	}
	branch->site = f->next[branch->chosen].site;
	return branch->chosen;
}

static void dfs_close(struct search *s)
{
	struct dfs *dfs = s->state;

	if (dfs)
		free(dfs->path);
	free(dfs);
}

const struct strategy strategy_dfs = {
	.begin = dfs_begin,
	.choose = dfs_choose,
	.choose_option = dfs_choose_option,
	.close = dfs_close,
	.exhausts = true,
};
