/* SPDX-License-Identifier: MIT */
/* What a figure was measured on: processor, system, compiler. */
#ifndef DMTORTURE_BENCH_MACHINE_INFO_H
#define DMTORTURE_BENCH_MACHINE_INFO_H

#include "bench_engine.h"

/* Fill in what the system says of itself; the load is the caller's, before and after. */
void machine_describe(struct bench_machine *machine);
/* The load average of the last minute; a negative number where the system has none. */
double machine_load(void);

#endif
