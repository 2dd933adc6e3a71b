/* SPDX-License-Identifier: MIT */
/*
 * Giving way, sleeping, and futexes by syscall(). To give way orders nothing and keeps no thread
 * from going on: a search tries all orders anyway. Where a thread does nothing but give way, it
 * waits for a change, as in other loops.
 */
#include "own_weak.h"
#include "objects.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "atomics.h"
#include "sync.h"

void own_pause(uint64_t ns, uintptr_t pc)
{
	if (!own.inside)
		return;
	own.callbacks++;
	if (ns)
		own_time_passes(ns);
	own_goes_round(NULL, pc, 0);
	own_wipe();
}

#define NS_PER_S UINT64_C(1000000000)

static uint64_t in_ns(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * NS_PER_S + (uint64_t)time->tv_nsec;
}

OWN_EXPORT int sched_yield(void)
{
	own_pause(0, OWN_PC());
	return 0;
}

OWN_EXPORT void thrd_yield(void)
{
	own_pause(0, OWN_PC());
}

OWN_EXPORT int usleep(useconds_t time)
{
	own_pause(time * UINT64_C(1000), OWN_PC());
	return 0;
}

OWN_EXPORT unsigned int sleep(unsigned int seconds)
{
	own_pause(seconds * NS_PER_S, OWN_PC());
	return 0;
}

OWN_EXPORT int nanosleep(const struct timespec *time, struct timespec *left)
{
	(void)left;
	own_pause(in_ns(time), OWN_PC());
	return 0;
}

OWN_EXPORT int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time,
			       struct timespec *left)
{
	(void)clock;
	(void)left;
	own_pause(flags & TIMER_ABSTIME ? 0 : in_ns(time), OWN_PC());
	return 0;
}

OWN_EXPORT int thrd_sleep(const struct timespec *time, struct timespec *left)
{
	(void)left;
	own_pause(in_ns(time), OWN_PC());
	return 0;
}

/* --- futexes: a condition variable at the word's address --- */

/*
 * Wait at @futex unless it holds another value than @expected. To come, and to look, are two steps:
 * a thread that is woken in between was woken early, as futexes may be.
 */
static long futex_wait(uint32_t *futex, uint32_t expected, bool timed, uintptr_t pc)
{
	struct condition *c = own_object((uintptr_t)futex, OWN_FUTEX);
	const struct site *site = own_site(pc);
	bool woken = false, differs;
	struct word *w;
	uint32_t thread;

	if (unlikely(own.memory))
		own_weak_refuse("A futex", pc);
	thread = own_leave();
	condition_enter_at(own_me()->task, c, site);
	own_return(thread);
	own_gave_back(&c->step);
	w = own_comes_to(POINT_READ, (uintptr_t)futex, sizeof(*futex), pc);
	own_saw(w, *futex);
	own_loaded((uintptr_t)futex, sizeof(*futex), OWN_RELAXED, pc);
	differs = *futex != expected;
	own_waits("a futex", futex, pc);
	thread = own_leave();
	if (differs || timed)
		woken = condition_leave_at(own_me()->task, c, site);
	else
		condition_sleep_at(own_me()->task, c, site);
	own_return(thread);
	own_waits_no_more();
	if (differs || (timed && !woken)) {
		errno = differs ? EAGAIN : ETIMEDOUT;
		return -1;
	}
	own_acquire((uintptr_t)c);
	own_wrote(0, 0);
	return 0;
}

static long futex_wake(uint32_t *futex, uint32_t most, uintptr_t pc)
{
	struct condition *c = own_object((uintptr_t)futex, OWN_FUTEX);
	uint32_t thread, woken;

	while (own_goes_round(&c->step, pc, 0))
		;
	thread = own_leave();
	woken = condition_wake_at(own_me()->task, c, most, own_site(pc));
	own_return(thread);
	own_release((uintptr_t)c);
	if (woken)
		own_wrote(0, 0);
	else
		own_found_taken(&c->step);
	return woken;
}

OWN_EXPORT long syscall(long number, ...)
{
	uintptr_t pc = OWN_PC();
	va_list arguments;
	uint32_t *futex, value;
	const void *until;
	int operation;

	va_start(arguments, number);
	futex = va_arg(arguments, uint32_t *);
	operation = va_arg(arguments, int);
	value = va_arg(arguments, uint32_t);
	until = va_arg(arguments, const void *);
	va_end(arguments);
	if (number == SYS_gettid)
		return (long)own.current + 1;
	if (number != SYS_futex || !own.inside)
		own_refuse(pc, "syscall(%ld): only futexes are modelled, wait and wake", number);
	switch (operation & FUTEX_CMD_MASK) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
		return futex_wait(futex, value, until != NULL, pc);
	case FUTEX_WAKE:
	case FUTEX_WAKE_BITSET:
		return futex_wake(futex, value, pc);
	default:
		own_refuse(pc,
			   "syscall(SYS_futex): operation %d is not modelled, only wait and wake",
			   operation & FUTEX_CMD_MASK);
	}
}
