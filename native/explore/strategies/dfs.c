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
	/* Of what an access of a weak memory model does, `chosen` being one; 0: of threads. */
	uint32_t count;
	uint32_t options; /* before this choice: accesses that did not do the default */
};

struct dfs {
	struct branch *path;
	uint32_t depth;	 /* branches of the execution that runs */
	uint32_t replay; /* of these, to be followed */
	uint32_t bound;
	bool cut;		   /* the bound cut something off in this pass */
	const struct branch *last; /* of the execution that runs, of threads; NULL: none yet */
	uint32_t options;	   /* of that, accesses that did not do the default */
};

/* Whether @branch, of options, has another that the search may take. */
static bool has_option(struct search *s, const struct branch *branch)
{
	if (branch->chosen + 1u >= branch->count)
		return false;
	if (!s->options_bounded || branch->options < s->options_max)
		return true;
	s->options_cut = true;
	return false;
}

/* Advance the deepest branch that has something left. Returns false when there is none. */
static bool advance(struct search *s)
{
	struct dfs *dfs = s->state;

	while (dfs->depth) {
		struct branch *branch = &dfs->path[dfs->depth - 1];

		if (branch->count && has_option(s, branch)) {
			branch->chosen++;
			dfs->replay = dfs->depth;
			return true;
		}
		if (!branch->count && branch->left) {
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
		dfs->path = malloc((size_t)2 * STEPS_MAX * sizeof(*dfs->path));
		if (!dfs->path)
			return -ENOMEM;
		dfs->bound = budget_bounded(&s->plan) ? 0 : UNBOUNDED;
		dfs->depth = 0;
		return 1;
	}
	dfs->last = NULL;
	dfs->options = 0;
	if (advance(s)) {
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

/*
 * Those of @enabled that the search may take. Where few threads may preempt, the others go on one
 * after another, so that of these the lowest is enough.
 */
static uint32_t candidates(const struct search *s, uint32_t enabled, bool stays)
{
	uint32_t few = enabled & s->few, others = enabled & ~s->few;

	if (!s->few)
		return enabled;
	if (stays)
		return s->few >> s->stage.fibers->current & 1 ? few : 0;
	return few | (others & -others);
}

static int dfs_choose(void *state, uint32_t enabled)
{
	struct search *s = state;
	struct dfs *dfs = s->state;
	const struct fibers *f = s->stage.fibers;
	struct branch *branch = &dfs->path[dfs->depth++];
	const struct branch *before = dfs->last;
	bool stays = enabled >> f->current & 1;

	dfs->last = branch;
	if (dfs->depth < dfs->replay)
		return search_return(s, branch->chosen, branch->site, enabled, branch->enabled);
	if (dfs->depth == dfs->replay) {
		branch->site = f->next[branch->chosen].site;
		return search_return(s, branch->chosen,
				     search_standing(f) == branch->standing ? branch->site : NULL,
				     enabled, branch->enabled);
	}
	branch->count = 0;
	branch->enabled = enabled;
	branch->standing = search_standing(f);
	branch->step = f->steps;
	branch->current = (uint8_t)f->current;
	branch->preemptions = 0;
	if (before)
		branch->preemptions = before->preemptions +
				      preempts(before, choice_could(f->schedule[before->step]));
	branch->chosen = (uint8_t)search_default(f, enabled);
	branch->left = (uint16_t)(candidates(s, enabled, stays) & ~(1u << branch->chosen));
	if (stays && branch->preemptions >= dfs->bound) {
		branch->left = 0;
		dfs->cut = true;
	}
	branch->site = f->next[branch->chosen].site;
	return branch->chosen;
}

static uint32_t dfs_choose_option(void *state, uint32_t cpu, uint32_t count)
{
	struct search *s = state;
	struct dfs *dfs = s->state;
	struct branch *branch = &dfs->path[dfs->depth];
	const struct site *site = s->stage.fibers->next[cpu].site;

	if (count < 2)
		return 0;
	if (++dfs->depth > dfs->replay)
		*branch = (struct branch){.count = count, .options = dfs->options, .site = site};
	else if (branch->count != count || branch->site != site)
		search_return(s, cpu, branch->site == site ? NULL : branch->site, 0, 0);
	dfs->options += branch->chosen != 0;
	return branch->chosen < count ? branch->chosen : 0;
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
