/* SPDX-License-Identifier: MIT */
/*
 * A reader-writer lock: a lock whose acquire and release are a writer's, with two verbs more for
 * readers. Each is one small file of rwlocks/: its struct, then make, read_lock, read_unlock,
 * write_lock, write_unlock in this order, then DEFINE_RWLOCK(). Written against atom.h and with a
 * row in rwlocks.def it is validated, explored and measured.
 *
 * An optimistic one has readers that take nothing: what it guards is read and written by relaxed
 * atomics, and read again where read_unlock says so. Nothing that was read may be followed before.
 *
 * What is illegal: to take one that the thread holds in any way; to release what it does not hold;
 * a locker used by two threads, or for two locks that are held at once.
 */
#ifndef DMTORTURE_RWLOCK_H
#define DMTORTURE_RWLOCK_H

#include "lock.h"

/* By enum rwlock_id. The model has all except the references; their ops are NULL there. */
extern const struct lock_row rwlock_table[RWLOCK_COUNT];

#endif
