/* SPDX-License-Identifier: MIT */
/*
 * What becomes of locks of the user's, in the process that they have for themselves: lines in a
 *file that its parent reads, since a lock that crashes or hangs takes everything else along.
 *
 *	enters <lock>			its verbs are called from here on; -1: no lock of the user's
 *	crashed <signal> | hangs | scribbles	what became of it; then, of each thread
 *	at <thread> <lock> <offset>	where it is, in the lock's shared object (hex); -1:
 *elsewhere
 */
#ifndef DMTORTURE_OWN_WATCH_H
#define DMTORTURE_OWN_WATCH_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "own_open.h"

struct lock_row;

/* Whether anybody looks: own_watch_open() was called. */
bool own_watch_is_open(void);
/* The verbs of @row are called from here on. Context: one thread. */
void own_watch_enters(const struct lock_row *row);
/* Some of @threads do not come back: report where they are, and end the process. */
__attribute__((noreturn)) void own_watch_hangs(const pthread_t *threads, uint32_t count);
/* The lock wrote where nothing of it is. Ends the process. */
__attribute__((noreturn)) void own_watch_scribbles(void);

#endif
