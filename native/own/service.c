/* SPDX-License-Identifier: MIT */
/*
 * Order of service of a lock of the user's: include/dmtorture/verify.c says when a thread is about
 * to take it, and when it has it. Where in between a thread has arrived is the lock's own affair.
 * But one that already waits, so that it goes round until somebody changes something, or sleeps,
 * has arrived: of a lock that serves in the order of arrival it has to be served before one that
 * comes after that. That is first come, first served as Lamport has it (A New Solution of
 * Dijkstra's Concurrent Programming Problem, CACM 1974): the way to the place where a thread waits
 * is its doorway.
 */
#include <string.h>

#include "learn.h"
#include "own.h"
#include "step.h"

OWN_EXPORT void dmtorture_comes(void);
OWN_EXPORT void dmtorture_served(void);

static struct {
	uint32_t execution;	      /* that this is of */
	uint32_t inside;	      /* threads that came and have not got it, by bit */
	uint32_t served[OWN_THREADS]; /* how often each has got it */
	uint32_t before[OWN_THREADS]; /* those inside that waited when this one came */
} service;

static void begin(void)
{
	if (service.execution == own.execution)
		return;
	memset(&service, 0, sizeof(service));
	service.execution = own.execution;
}

/*
 * Context: the current thread is about to take the lock. A point that conflicts with everything:
 * which threads wait depends on all that they do.
 */
void dmtorture_comes(void)
{
	uint32_t waiting = 0, me;
	uint64_t seen = 0;

	own_point(POINT_STOP, own_process_word(), own_site(OWN_PC()));
	begin();
	me = own.current;
	for (uint32_t left = service.inside; left; left &= left - 1) {
		uint32_t u = (uint32_t)__builtin_ctz(left);

		if (!own.thread[u].loop.parked && !own.thread[u].wait.what)
			continue;
		waiting |= 1u << u;
		seen = fibers_mix(seen, (uint64_t)u << 32 | service.served[u]);
	}
	service.before[me] = waiting;
	service.inside |= 1u << me;
	/* So the threads' histories say all that is kept here. */
	observe(own_me()->task, seen);
}

/* Context: the current thread has the lock. Faults: check-failed. */
void dmtorture_served(void)
{
	uint32_t me = own.current, before;

	begin();
	before = service.before[me];
	if (before)
		own_fault(FAULT_CHECK_FAILED, OWN_PC(),
			  "order of service: thread %u waited when thread %u came, and is not "
			  "served first",
			  (uint32_t)__builtin_ctz(before) + 1, me + 1);
	service.served[me]++;
	service.inside &= ~(1u << me);
	for (uint32_t u = 0; u < OWN_THREADS; u++)
		service.before[u] &= ~(1u << me);
}
