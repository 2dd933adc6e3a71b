/* SPDX-License-Identifier: MIT */
/*
 * pthread_cond_*: libc's own, with a mutex of libc's in the place of the program's, a gate. A
 * waiter takes the gate, lets go of the program's mutex, and waits with the gate, which libc opens
 * once the waiter is in the condition's list. A signal goes through the gate, so it comes either
 * before the waiter had let go, or after it was in the list: no wake-up is lost. It is sent
 * outside, since a thread that is woken inside only waits for the gate.
 *
 * Gates are found by the address of the condition; those that share one wait a little longer.
 */
#define _GNU_SOURCE
#include "conditions.h"

#include <errno.h>
#include <pthread.h>

#include "layout.h"
#include "reals.h"
#include "self.h"
#include "verbs.h"

#define GATES_BITS 8
#define GATES (1u << GATES_BITS)

static struct {
	pthread_mutex_t mutex;
} __attribute__((aligned(LINE_BYTES))) gates[GATES];

void conditions_after_fork(void)
{
	for (unsigned int i = 0; i < GATES; i++)
		gates[i].mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
}

static pthread_mutex_t *gate_of(const pthread_cond_t *c)
{
	uint64_t hash = (uint64_t)(uintptr_t)c * UINT64_C(0x9E3779B97F4A7C15);

	return &gates[hash >> (64 - GATES_BITS)].mutex;
}

struct waiting {
	pthread_mutex_t *gate, *mutex;
	void *from;
};

/* The end of a wait, also of one that is cancelled, which holds the gate, too. */
static void wait_ends(void *p)
{
	struct waiting *w = p;

	real()->pthread_mutex_unlock(w->gate);
	verbs->lock(w->mutex, w->from);
}

static bool stays_libcs(pthread_mutex_t *m)
{
	return !replaces() || !is_ours(own_of(m));
}

/* Returns whether the thread may wait; then it has the gate and has let go of the mutex. */
static bool begin_wait(const struct waiting *w)
{
	struct own *o = own_of(w->mutex);

	if (!is_plain(o) &&
	    atomic_load_explicit(&o->owner, memory_order_relaxed) != myself()->index)
		return false;
	real()->pthread_mutex_lock(w->gate);
	verbs->unlock(w->mutex);
	return true;
}

#define WAIT(c, m, call)                                                                           \
	do {                                                                                       \
		struct waiting w = {gate_of(c), (m), HERE};                                        \
		int result;                                                                        \
                                                                                                   \
		if (!begin_wait(&w))                                                               \
			return EPERM;                                                              \
		pthread_cleanup_push(wait_ends, &w);                                               \
		result = (call);                                                                   \
		pthread_cleanup_pop(1);                                                            \
		return result;                                                                     \
	} while (0)

API int pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
	if (stays_libcs(m))
		return real()->pthread_cond_wait(c, m);
	WAIT(c, m, real()->pthread_cond_wait(c, w.gate));
}

API int pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *until)
{
	if (stays_libcs(m))
		return real()->pthread_cond_timedwait(c, m, until);
	WAIT(c, m, real()->pthread_cond_timedwait(c, w.gate, until));
}

API int pthread_cond_clockwait(pthread_cond_t *c, pthread_mutex_t *m, clockid_t clock,
			       const struct timespec *until)
{
	if (stays_libcs(m))
		return real()->pthread_cond_clockwait(c, m, clock, until);
	WAIT(c, m, real()->pthread_cond_clockwait(c, w.gate, clock, until));
}

static void pass_gate(const pthread_cond_t *c)
{
	pthread_mutex_t *gate = gate_of(c);

	if (!replaces())
		return;
	real()->pthread_mutex_lock(gate);
	real()->pthread_mutex_unlock(gate);
}

API int pthread_cond_signal(pthread_cond_t *c)
{
	if (unlikely(resolving))
		return 0;
	pass_gate(c);
	return real()->pthread_cond_signal(c);
}

API int pthread_cond_broadcast(pthread_cond_t *c)
{
	if (unlikely(resolving))
		return 0;
	pass_gate(c);
	return real()->pthread_cond_broadcast(c);
}
