/* SPDX-License-Identifier: MIT */
#ifndef DMTORTURE_PRELOAD_CONDITIONS_H
#define DMTORTURE_PRELOAD_CONDITIONS_H

/* The child of a fork: the thread that held a gate may not be there. */
void conditions_after_fork(void);

#endif
