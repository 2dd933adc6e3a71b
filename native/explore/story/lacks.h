/* SPDX-License-Identifier: MIT */
/* The order that is missing where an execution did what a stronger one forbids. */
#ifndef DMTORTURE_LACKS_H
#define DMTORTURE_LACKS_H

#include "story.h"

/*
 * For each line of @trace that read an older value, or whose store landed before others, where the
 * model itself has not found it, and for a data race, find the site whose order would have
 * forbidden it: the schedule is run again with one order stronger at a time, and can then not be
 * followed there, or meets no race. What the plan weakened is tried first, then steps to acquire
 * and release, then seq_cst; of several sites the first in the trace. Of a trace that takes too
 * many such runs the last lines are left without. Returns 0 or -errno as explore() does. Context:
 * @plan has EXPLORE_RC11.
 */
int trace_find_lacks(const struct explore_model *model, const struct explore_plan *plan,
		     const struct schedule *schedule, struct trace *trace);

#endif
