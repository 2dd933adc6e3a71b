/* SPDX-License-Identifier: MIT */
/*
 * pthread_exit(): in C++ the objects of all frames are destroyed on the way out, as the C library
 * has it. A lock that a frame guards would be held for ever otherwise.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <threads.h>
#include <unwind.h>

#include "process.h"

/* What a thread that leaves is about to say, until the unwinder has come to its first frame. */
static struct leaving {
	struct _Unwind_Exception exception;
	uintptr_t pc;
} leaving[OWN_THREADS];

/* Called before each frame is left. Those from own_thread_run() on are ours. */
static _Unwind_Reason_Code stop(int version, _Unwind_Action actions, _Unwind_Exception_Class class,
				struct _Unwind_Exception *exception,
				struct _Unwind_Context *context, void *argument)
{
	struct leaving *l = argument;

	(void)version;
	(void)class;
	(void)exception;
	if (actions & _UA_END_OF_STACK || _Unwind_GetCFA(context) >= own_me()->first_frame)
		own_thread_end(own_me()->result, l->pc);
	return _URC_NO_REASON;
}

static _Noreturn void leave(void *result, uintptr_t pc)
{
	struct leaving *l = &leaving[own.current];

	own.callbacks++;
	own_me()->result = result;
	if (!own_library.exceptions)
		own_thread_end(result, pc);
	memset(&l->exception, 0, sizeof(l->exception));
	l->pc = pc;
	_Unwind_ForcedUnwind(&l->exception, stop, l);
	/* The frames cannot be read. */
	own_thread_end(result, pc);
}

OWN_EXPORT void pthread_exit(void *result)
{
	leave(result, OWN_PC());
}

OWN_EXPORT void thrd_exit(int result)
{
	leave((void *)(intptr_t)result, OWN_PC());
}
