/* SPDX-License-Identifier: MIT */
/*
 * Every lock of lock_table as a spinlock of the threads machine, so that _minor_lock can be any.
 * The first two are the machine's own, and there is nothing to make of them.
 */
#ifndef DMTORTURE_SPINLOCKS_H
#define DMTORTURE_SPINLOCKS_H

#include "machine.h"

/* Kinds are those of lock_row_at(): rows of the table, and locks of the user's behind them. */
extern const struct lock_maker spinlock_maker;

#endif
