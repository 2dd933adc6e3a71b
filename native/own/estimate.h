/* SPDX-License-Identifier: MIT */
/*
 * How many executions there are, from those that were drawn: the product of the numbers of choices
 * along a random descent is, in the mean, the number of leaves of the tree (Knuth, "Estimating the
 * efficiency of backtrack programs", 1975). It counts every order, not what dpor has to try.
 */
#ifndef DMTORTURE_OWN_ESTIMATE_H
#define DMTORTURE_OWN_ESTIMATE_H

#include "host.h"

void estimate_reset(void);
/* The execution of @f, of a uniformly random walk, has ended. */
void estimate_add(const struct fibers *f);
/* log10 of the estimate; 0 where there is none. */
double estimate_log10(void);

#endif
