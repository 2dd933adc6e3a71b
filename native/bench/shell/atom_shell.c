/* SPDX-License-Identifier: MIT */
/*
 * The shell of a lock on atom.h: -DDMTORTURE_LOCK_FILE='"my_lock.c"' names the file, whose
 * DEFINE_LOCK() makes the plug. Compiled by lib/bench/shell.ts.
 */
#include "lock.h"

#include DMTORTURE_LOCK_FILE
