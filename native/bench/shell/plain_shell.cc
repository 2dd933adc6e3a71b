/* SPDX-License-Identifier: MIT */
/*
 * The same as plain_shell.c for C++: lock_t may also be a class with lock() and unlock().
 */
#include <new>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "cxx.h"
#include "names.h"

extern "C" {
#include "loop.h"

#include "plug.h"

#include "calls.h"
}

#include "no_names.h"

#include "no_cxx.h"

#include DMTORTURE_LOCK_FILE

#include "names.h"

#define _Static_assert static_assert
#define _Alignof alignof
#define MAKE_PLUG(serves_in_order, can_leave, its_ops)                                             \
	extern "C" __attribute__((visibility("default"))) const struct plug dmtorture_plug = {     \
		PLUG_VERSION, sizeof(struct locker), (serves_in_order), (can_leave),               \
		(its_ops),    &shell_calls}

#include "plain_shell.h"
