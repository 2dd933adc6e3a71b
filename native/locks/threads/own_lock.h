/* SPDX-License-Identifier: MIT */
/*
 * Locks of the user's, loaded into this process: plugs (plug.h), which a shell made of a source,
 *and libraries as they are. They belong into a process of their own, see own_watch.h.
 *
 * A library has lock_init(), lock_acquire(), lock_release(), and may have these variables, all int:
 *	lock_bytes	sizeof(lock_t); without it a lock gets OWN_BYTES
 *	lock_nodes	not 0: the verbs have a node of the thread as their second argument
 *	lock_fifo	not 0: it serves in order of arrival
 */
#ifndef DMTORTURE_OWN_LOCK_H
#define DMTORTURE_OWN_LOCK_H

#include "lock.h"
#include "own_open.h"

#define OWN_LOCKS_MAX 8
#define OWN_BYTES 4096

/* @index: below own_lock_count(). */
const struct lock_row *own_lock_at(uint32_t index);
/* Have libraries, which have no loop, measured by @loop. */
void own_locks_loop(void (*loop)(struct member *member));
/* Whether a task can leave the lock's waits, as it can those of locks on atom.h. */
bool own_lock_leaves(uint32_t index);
/* Where it was loaded: what its addresses are offsets from. */
const void *own_lock_base(uint32_t index);
/* Row @kind of the table, and behind them those that were loaded; NULL: there is none. */
const struct lock_row *lock_row_at(uint32_t kind);

#endif
