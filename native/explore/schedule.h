/* SPDX-License-Identifier: MIT */
/* Schedules: from what an execution did to deviations from the default, and back. */
#ifndef DMTORTURE_SCHEDULE_H
#define DMTORTURE_SCHEDULE_H

#include "stage.h"

/*
 * Note the first @steps steps of the execution that has just ended. *@preemptions gets how often
 * a thread that could go on had to wait. Returns 0 or -ENOMEM.
 */
int schedule_take(struct schedule *schedule, const struct fibers *f, uint32_t steps,
		  uint32_t *preemptions);
/* Run @schedule on @stage. Returns whether every deviation could be made. */
bool schedule_run(const struct schedule *schedule, struct stage *stage);
/* Copy. Returns 0 or -ENOMEM. */
int schedule_copy(struct schedule *to, const struct schedule *from);

#endif
