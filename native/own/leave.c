/* SPDX-License-Identifier: MIT */
/*
 * pthread_exit(): in C++ the objects of all frames are destroyed on the way out, as the C library
 * has it. A lock that a frame guards would be held for ever otherwise. In C the handlers of
 * pthread_cleanup_push() are called. Nothing cancels a thread.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stddef.h>
#include <threads.h>
#include <unwind.h>

#include "process.h"

/* What a thread that leaves is about to say, until the unwinder has come to its first frame. */
static struct leaving {
	struct _Unwind_Exception exception;
	uintptr_t pc;
} leaving[OWN_THREADS];

/* What <pthread.h> keeps in the frame that has the handler, as long as it has it. */
struct handler {
	struct __cancel_jmp_buf_tag frame; /* goes back there, and calls it */
	struct handler *outer;
};

_Static_assert(sizeof(struct handler) <= sizeof(__pthread_unwind_buf_t), "it stands in there");
_Static_assert(offsetof(struct __cancel_jmp_buf_tag, __mask_was_saved) ==
		       offsetof(struct __jmp_buf_tag, __mask_was_saved),
	       "a jump's buffer begins like it");

/* Where its innermost handler is, it is called; then the thread goes on to leave. */
static void call_handler(void)
{
	void *innermost = own_me()->handlers;
	struct handler *h = innermost;

	if (!h)
		return;
	own_me()->handlers = h->outer;
	siglongjmp(innermost, 1);
}

/* Called before each frame is left. Those from own_thread_run() on are ours. */
static _Unwind_Reason_Code stop(int version, _Unwind_Action actions, _Unwind_Exception_Class class,
				struct _Unwind_Exception *exception,
				struct _Unwind_Context *context, void *argument)
{
	struct leaving *l = argument;

	(void)version;
	(void)class;
	(void)exception;
	/* The frame that has the handler is the last that was left, and is still there. */
	if (actions & _UA_END_OF_STACK || (uintptr_t)own_me()->handlers < _Unwind_GetCFA(context))
		call_handler();
	if (actions & _UA_END_OF_STACK || _Unwind_GetCFA(context) >= own_me()->first_frame)
		own_thread_end(own_me()->result, l->pc);
	return _URC_NO_REASON;
}

static _Noreturn void leave(void *result, uintptr_t pc)
{
	struct leaving *l = &leaving[own.current];

	own.callbacks++;
	own_me()->result = result;
	l->pc = pc;
	if (!own_library.exceptions) {
		call_handler();
		own_thread_end(result, pc);
	}
	memset(&l->exception, 0, sizeof(l->exception));
	_Unwind_ForcedUnwind(&l->exception, stop, l);
	/* The frames cannot be read. */
	call_handler();
	own_thread_end(result, pc);
}

OWN_EXPORT void __pthread_register_cancel(__pthread_unwind_buf_t *buffer)
{
	struct handler *h = (struct handler *)buffer;

	h->outer = own_me()->handlers;
	own_me()->handlers = h;
}

OWN_EXPORT void __pthread_unregister_cancel(__pthread_unwind_buf_t *buffer)
{
	own_me()->handlers = ((struct handler *)buffer)->outer;
}

OWN_EXPORT void __pthread_unwind_next(__pthread_unwind_buf_t *buffer)
{
	(void)buffer;
	leave(own_me()->result, leaving[own.current].pc);
}

/* --- whether a thread may be cancelled: nothing asks --- */

static int change(int *is, int to, int end, int *was)
{
	if (to < 0 || to >= end)
		return EINVAL;
	if (was)
		*was = *is;
	if (*is != to)
		own_wrote(0, 0);
	*is = to;
	return 0;
}

OWN_EXPORT int pthread_setcancelstate(int state, int *was)
{
	return change(&own_me()->cancel_state, state, PTHREAD_CANCEL_DISABLE + 1, was);
}

OWN_EXPORT int pthread_setcanceltype(int type, int *was)
{
	return change(&own_me()->cancel_type, type, PTHREAD_CANCEL_ASYNCHRONOUS + 1, was);
}

OWN_EXPORT void pthread_testcancel(void)
{
}

OWN_EXPORT void pthread_exit(void *result)
{
	leave(result, OWN_PC());
}

OWN_EXPORT void thrd_exit(int result)
{
	leave((void *)(intptr_t)result, OWN_PC());
}
