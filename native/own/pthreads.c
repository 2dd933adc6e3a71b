/* SPDX-License-Identifier: MIT */
/* The calls of <pthread.h> and <threads.h> that are about threads. */
/* Headers of the C library have bodies for some of the functions that stand here. */
#ifndef __NO_INLINE__
#define __NO_INLINE__ 1
#endif

#include <errno.h>
#include <pthread.h>
#include <threads.h>

#include "process.h"
#include "sync.h"

_Static_assert(sizeof(pthread_t) == sizeof(uintptr_t), "a handle is a number");
_Static_assert(sizeof(thrd_t) == sizeof(pthread_t), "of both kinds");

/* The thread that @handle is. Faults: lock-misuse, if it is none of this execution. */
static uint32_t thread_of(pthread_t handle, uintptr_t pc, const char *does)
{
	uint32_t number = (uint32_t)(handle - 1);

	if (handle - 1 >= OWN_THREADS || !own_has_begun(number))
		own_fault(FAULT_LOCK_MISUSE, pc, "%s %s a thread that there is not",
			  own_name(own.current), does);
	return number;
}

static struct own_thread *joined_by(pthread_t handle, uintptr_t pc)
{
	uint32_t number = thread_of(handle, pc, "joins");
	struct own_thread *other = &own.thread[number];

	if (number == own.current)
		own_fault(FAULT_DEADLOCK, pc, "%s joins itself", own_name(number));
	if (other->detached)
		own_fault(FAULT_LOCK_MISUSE, pc, "%s is joined, and it was detached",
			  own_name(number));
	if (other->joined)
		own_fault(FAULT_LOCK_MISUSE, pc, "%s is joined twice", own_name(number));
	return other;
}

static void *take_result(struct own_thread *other)
{
	struct own_thread *me = own_me();

	other->joined = true;
	own_join(&me->clock, &other->clock);
	me->progress++;
	return other->result;
}

static int join(pthread_t handle, void **result, uintptr_t pc)
{
	struct own_thread *me = own_me(), *other;
	uint32_t number = (uint32_t)(handle - 1), was;
	void *value;

	own.callbacks++;
	other = joined_by(handle, pc);
	me->wait = (struct own_wait){.what = own_end_of_thread, .on = number, .pc = pc};
	was = own_leave();
	thread_join_at(me->task, own_object(number, OWN_ENDING), own_site(pc));
	own_return(was);
	me->wait.what = NULL;
	value = take_result(other);
	if (result)
		*result = value;
	return 0;
}

/* A try. What it finds depends on when the thread ends, which is a step from now on. */
static int try_join(pthread_t handle, void **result, int busy, uintptr_t pc)
{
	uint32_t number = (uint32_t)(handle - 1);
	struct own_thread *other = joined_by(handle, pc);
	struct ending *ending = own_object(number, OWN_ENDING);
	void *value;

	own.callbacks++;
	own_learn(OWN_FACT_TRIED, number);
	own_point(POINT_RMW, &ending->state, own_site(pc));
	if (other->lives) {
		point_wrote_nothing(own_me()->task);
		return own_goes_round(&ending->state, pc, 0), busy;
	}
	value = take_result(other);
	if (result)
		*result = value;
	return 0;
}

OWN_EXPORT int pthread_create(pthread_t *handle, const pthread_attr_t *attributes,
			      void *(*function)(void *), void *argument)
{
	bool detached = attributes && *(const int *)attributes == PTHREAD_CREATE_DETACHED;

	own.callbacks++;
	own_spawn_as(function, argument, OWN_PC(), detached, handle);
	return 0;
}

OWN_EXPORT int pthread_join(pthread_t handle, void **result)
{
	return join(handle, result, OWN_PC());
}

OWN_EXPORT int pthread_tryjoin_np(pthread_t handle, void **result)
{
	return try_join(handle, result, EBUSY, OWN_PC());
}

OWN_EXPORT int pthread_timedjoin_np(pthread_t handle, void **result, const struct timespec *until)
{
	(void)until;
	return try_join(handle, result, ETIMEDOUT, OWN_PC());
}

OWN_EXPORT int pthread_clockjoin_np(pthread_t handle, void **result, clockid_t clock,
				    const struct timespec *until)
{
	(void)clock;
	(void)until;
	return try_join(handle, result, ETIMEDOUT, OWN_PC());
}

static int detach(pthread_t handle, uintptr_t pc)
{
	struct own_thread *other = &own.thread[thread_of(handle, pc, "detaches")];

	own.callbacks++;
	if (other->detached || other->joined)
		own_fault(FAULT_LOCK_MISUSE, pc, "%s is detached, and it was %s",
			  own_name((uint32_t)(handle - 1)),
			  other->joined ? "joined" : "detached before");
	other->detached = true;
	own_me()->progress++;
	return 0;
}

OWN_EXPORT int pthread_detach(pthread_t handle)
{
	return detach(handle, OWN_PC());
}

OWN_EXPORT pthread_t pthread_self(void)
{
#ifdef __SANITIZE_ADDRESS__
	/* It asks the C library about that thread, to find its stack. */
	if (!own_is_code(OWN_PC()))
		return (pthread_t)__builtin_thread_pointer();
#endif
	return OWN_HANDLE(own.current);
}

OWN_EXPORT int pthread_equal(pthread_t a, pthread_t b)
{
	return a == b;
}

/* --- what a thread is made with: only whether it is detached changes anything --- */

#define STACK_SIZE (8u << 20) /* what Linux gives, for a program that asks */

struct attributes {
	int detached;
	size_t stack_size;
};

_Static_assert(sizeof(struct attributes) <= sizeof(pthread_attr_t), "it stands in there");

OWN_EXPORT int pthread_attr_init(pthread_attr_t *attributes)
{
	*(struct attributes *)attributes = (struct attributes){.stack_size = STACK_SIZE};
	return 0;
}

OWN_EXPORT int pthread_attr_destroy(pthread_attr_t *attributes)
{
	(void)attributes;
	return 0;
}

OWN_EXPORT int pthread_attr_setdetachstate(pthread_attr_t *attributes, int state)
{
	if (state != PTHREAD_CREATE_DETACHED && state != PTHREAD_CREATE_JOINABLE)
		return EINVAL;
	((struct attributes *)attributes)->detached = state;
	return 0;
}

OWN_EXPORT int pthread_attr_getdetachstate(const pthread_attr_t *attributes, int *state)
{
	*state = ((const struct attributes *)attributes)->detached;
	return 0;
}

OWN_EXPORT int pthread_attr_setstacksize(pthread_attr_t *attributes, size_t size)
{
	((struct attributes *)attributes)->stack_size = size;
	return 0;
}

OWN_EXPORT int pthread_attr_getstacksize(const pthread_attr_t *attributes, size_t *size)
{
	*size = ((const struct attributes *)attributes)->stack_size;
	return 0;
}

OWN_EXPORT int pthread_attr_setscope(pthread_attr_t *attributes, int scope)
{
	(void)attributes;
	return scope == PTHREAD_SCOPE_SYSTEM ? 0 : ENOTSUP;
}

OWN_EXPORT int pthread_setname_np(pthread_t handle, const char *name)
{
	(void)handle;
	(void)name;
	return 0;
}

OWN_EXPORT int pthread_getname_np(pthread_t handle, char *name, size_t size)
{
	(void)handle;
	if (size < sizeof("thread"))
		return ERANGE;
	memcpy(name, "thread", sizeof("thread"));
	return 0;
}

OWN_EXPORT int pthread_setconcurrency(int level)
{
	(void)level;
	return 0;
}

/* --- <threads.h>: what a thread returns is an int there --- */

OWN_EXPORT int thrd_create(thrd_t *handle, thrd_start_t function, void *argument)
{
	own.callbacks++;
	/* Where an int is returned, so is the low half of a pointer. */
	own_spawn_as((void *(*)(void *))(void (*)(void))function, argument, OWN_PC(), false,
		     handle);
	return thrd_success;
}

OWN_EXPORT int thrd_join(thrd_t handle, int *result)
{
	void *value;

	join(handle, &value, OWN_PC());
	if (result)
		*result = (int)(intptr_t)value;
	return thrd_success;
}

OWN_EXPORT int thrd_detach(thrd_t handle)
{
	detach(handle, OWN_PC());
	return thrd_success;
}

OWN_EXPORT thrd_t thrd_current(void)
{
	return OWN_HANDLE(own.current);
}

OWN_EXPORT int thrd_equal(thrd_t a, thrd_t b)
{
	return a == b;
}
