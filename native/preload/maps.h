/* SPDX-License-Identifier: MIT */
/*
 * Where the modules of the process are, saved beside its counts: once an address comes that is in
 * no module known, so that it can be named after the process has ended.
 */
#ifndef DMTORTURE_PRELOAD_MAPS_H
#define DMTORTURE_PRELOAD_MAPS_H

#include <stdint.h>

/* The file for what follows. */
void maps_begin(uint32_t pid, uint32_t number);
/* Save the maps if the address of @key is in no module that is known. */
void maps_see(uint64_t key);
/* Libraries were closed: what is known may be wrong. */
void maps_forget(void);
void maps_after_fork(void);

#endif
