/* SPDX-License-Identifier: MIT */
/*
 * A lock of the user's is compiled between front.h and back.h, so that its verbs are inlined into
 *the measuring loop, whatever they are declared as. lib/own/shell.ts writes that source, and says
 *what the lock is: DMTORTURE_ATOM_LOCK	it stands on atom.h, and ends in DEFINE_LOCK()
 *	DMTORTURE_LOCK_NODES	lock_acquire() and lock_release() have a node, too
 *	DMTORTURE_LOCK_CLASS	C++: lock_t has lock() and unlock()
 *	DMTORTURE_LOCK_FIFO	there is a lock_fifo
 */
#ifdef DMTORTURE_ATOM_LOCK
#include "lock.h"
#else
/* One that stands on nothing of ours may have a `struct node` of its own. */
#ifdef __cplusplus
#include <new>
#else
#include <stdatomic.h>
#include <stdbool.h>
#endif
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#ifdef __cplusplus
#include "cxx.h"
extern "C" {
#endif
#include "names.h"

#include "loop.h"

#include "calls.h"
#include "plug.h"

#include "no_names.h"
#ifdef __cplusplus
}
#include "no_cxx.h"
#endif
#endif
