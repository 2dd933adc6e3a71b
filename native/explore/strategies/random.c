/* SPDX-License-Identifier: MIT */
/* A uniformly random walk. */
#include "search.h"

static int random_begin(struct search *s)
{
	(void)s;
	return 1;
}

static int random_choose(void *state, uint32_t enabled)
{
	return search_pick(state, enabled);
}

const struct strategy strategy_random = {
	.begin = random_begin,
	.choose = random_choose,
	.uniform = true,
};
