/* SPDX-License-Identifier: MIT */
/* Setting a search up and taking it down; see search.h for what happens in between. */
#ifndef DMTORTURE_OPEN_H
#define DMTORTURE_OPEN_H

#include "races.h"
#include "search.h"

/*
 * Returns 0; -EINVAL, -ENODATA, -ENOMEM, -EFAULT as explore() does. Close in any case.
 */
int search_open(struct search *s, const struct explore_model *model,
		const struct explore_plan *plan, struct explore_report *report);
void search_close(struct search *s);
/* budget.c: where @plan stops, whether it has a bound of preemptions, whether it samples. */
uint64_t budget_executions(const struct explore_plan *plan);
bool budget_bounded(const struct explore_plan *plan);
bool budget_is_sampling(const struct explore_plan *plan);

#endif
