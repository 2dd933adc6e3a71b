/* SPDX-License-Identifier: MIT */
/* A random walk that leaves a thread one time in SWITCH_ONE_IN: longer undisturbed stretches. */
#include "search.h"

#define SWITCH_ONE_IN 8

static int sticky_begin(struct search *s)
{
	(void)s;
	return 1;
}

static int sticky_choose(void *state, uint32_t enabled)
{
	struct search *s = state;
	uint32_t current = s->stage.fibers->current;

	if (enabled >> current & 1 && (search_random(s) >> 40) % SWITCH_ONE_IN)
		return (int)current;
	return search_pick(s, enabled);
}

const struct strategy strategy_sticky = {
	.begin = sticky_begin,
	.choose = sticky_choose,
};
