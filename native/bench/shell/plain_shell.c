/* SPDX-License-Identifier: MIT */
/*
 * The shell of a lock in plain C11: -DDMTORTURE_LOCK_FILE='"my_lock.c"' names the file, which
 * defines lock_t, lock_init(), lock_acquire(), lock_release(). Compiled by lib/bench/shell.ts.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "names.h"

#include "loop.h"

#include "plug.h"

#include "calls.h"

#include "no_names.h"

#include DMTORTURE_LOCK_FILE

#include "names.h"

#define IS(verb, type) _Generic(&(verb), type : 1, default : 0)
_Static_assert(IS(lock_init, void (*)(lock_t *)), "lock_init is not void lock_init(lock_t *)");
#ifdef DMTORTURE_LOCK_NODES
_Static_assert(IS(lock_acquire, void (*)(lock_t *, lock_node_t *)),
	       "lock_acquire is not void lock_acquire(lock_t *, lock_node_t *)");
_Static_assert(IS(lock_release, void (*)(lock_t *, lock_node_t *)),
	       "lock_release is not void lock_release(lock_t *, lock_node_t *)");
#else
_Static_assert(IS(lock_acquire, void (*)(lock_t *)),
	       "lock_acquire is not void lock_acquire(lock_t *)");
_Static_assert(IS(lock_release, void (*)(lock_t *)),
	       "lock_release is not void lock_release(lock_t *)");
#endif

#include "plain_shell.h"
