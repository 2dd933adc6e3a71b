/* SPDX-License-Identifier: MIT */
/*
 * Condition variables, over those of sync.h: a signal wakes the thread that takes it first. A
 * timed wait may end at any time, as a step that takes the signal if there is one; so may any wait
 * of a thread that has spurious wake-ups left.
 */
#include "objects.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "state.h"
#include "sync.h"

const struct own_kind own_conditions = {.name = "a condition variable",
					.mirror = OWN_CONDITION,
					.tag = 0x646e6f63,
					.size = sizeof(uint32_t),
					.words = sizeof(struct condition) / sizeof(struct word),
					.zero_is_made = true};

/* Wake-ups from nowhere that each thread has had. */
static struct {
	uint32_t execution, count;
} spurious[OWN_THREADS];

static bool may_wake_from_nowhere(void)
{
	uint32_t cpu = own.current;

	if (likely(!own_options.spurious))
		return false;
	if (spurious[cpu].execution != own.execution) {
		spurious[cpu].execution = own.execution;
		spurious[cpu].count = 0;
	}
	return spurious[cpu].count < own_options.spurious;
}

void own_condition_make(void *condition, uintptr_t pc)
{
	struct condition *c;

	/* Threads that were woken may still be on their way out of what was here before. */
	if (own.inside) {
		c = own_object((uintptr_t)condition, OWN_CONDITION);
		if (word_peek(&c->tokens)) {
			own_plain((uintptr_t)condition, own_conditions.size, OWN_WRITE, pc);
			memcpy(condition, &own_conditions.tag, sizeof(own_conditions.tag));
			return;
		}
	}
	own_make(condition, &own_conditions, pc);
}

void own_condition_end(void *condition, uintptr_t pc)
{
	struct condition *c;

	if (!own.inside)
		return;
	c = own_use(condition, &own_conditions, pc);
	own_point(POINT_FREE, &c->step, own_site(pc));
	own_still_there(condition, &own_conditions, pc);
	if (condition_waiting(c))
		own_fault(FAULT_LOCK_MISUSE, pc,
			  "a condition variable is destroyed while a thread waits for it");
	own_unmake(condition);
}

/* The story says how many wait behind the step that stands at @at or later; @fewer than before. */
static void tell_waiting(const struct condition *c, uint32_t at, int fewer)
{
	uint32_t now;

	if (likely(!own.telling))
		return;
	now = condition_waiting(c);
	own_tell_change(at, now + (uint32_t)fewer, now);
}

/* Wait for a signal; returns whether there was one. */
static bool sleep_there(struct condition *c, bool timed, const struct site *site)
{
	bool from_nowhere = !timed && may_wake_from_nowhere(), woken = true;
	uint32_t thread = own_leave();

	if (timed || from_nowhere)
		woken = condition_leave_at(own_me()->task, c, site);
	else
		condition_sleep_at(own_me()->task, c, site);
	own_return(thread);
	if (!woken && from_nowhere) {
		spurious[thread].count++;
		own_wrote(0, 0);
	}
	if (!woken && own.telling)
		own_noted(from_nowhere ? "it wakes without a signal" : "its time is up");
	return woken;
}

/*
 * What happens where threads that wait at a time gave different mutexes is left open (POSIX,
 * pthread_cond_wait). One that was woken waits no longer, and which of them that is, the tokens
 * leave open. Context: the step in which the current thread begins to wait.
 */
static void check_mutex(const struct condition *c, const void *condition, const void *mutex,
			uintptr_t pc)
{
	uint64_t others = 0;

	for (uint32_t i = 0; i < own.count; i++) {
		const struct own_wait *wait = &own.thread[i].wait;

		others += wait->what && wait->by && wait->on == (uintptr_t)condition &&
			  wait->by != (uintptr_t)mutex;
	}
	if (others > word_peek(&c->tokens))
		own_fault(FAULT_LOCK_MISUSE, pc,
			  "%s waits for a condition variable with one mutex, and another thread "
			  "waits for it with another",
			  own_name(own.current));
	own_waits(own_conditions.name, condition, pc);
	own_me()->wait.by = (uintptr_t)mutex;
}

int own_condition_wait(void *condition, void *mutex, bool timed, uintptr_t pc)
{
	const struct site *site;
	struct condition *c;
	uint32_t thread, at;
	bool woken;

	if (!own.inside)
		return 0;
	site = own_site(pc);
	at = own_story_at();
	c = own_use(condition, &own_conditions, pc);
	if (!own_lock_held(mutex, pc))
		own_fault(FAULT_LOCK_MISUSE, pc,
			  "%s waits for a condition variable without its mutex",
			  own_name(own.current));
	thread = own_leave();
	condition_enter_at(own_me()->task, c, site);
	own_return(thread);
	tell_waiting(c, at, -1);
	own_gave_back(&c->step);
	own_still_there(condition, &own_conditions, pc);
	check_mutex(c, condition, mutex, pc);
	own_lock_leave(mutex, pc);
	woken = sleep_there(c, timed, site);
	own_waits_no_more();
	if (woken) {
		own_acquire((uintptr_t)condition);
		own_wrote(0, 0);
	}
	own_lock_return(mutex, pc);
	return woken || !timed ? 0 : ETIMEDOUT;
}

void own_condition_wake(void *condition, bool all, uintptr_t pc)
{
	struct condition *c;
	uint32_t thread, woken, at;

	if (!own.inside)
		return;
	c = own_use(condition, &own_conditions, pc);
	at = own_story_at();
	while (own_goes_round(&c->step, pc, 0))
		;
	thread = own_leave();
	woken = condition_wake_at(own_me()->task, c, all ? SYNC_TASKS : 1, own_site(pc));
	own_return(thread);
	tell_waiting(c, at, (int)woken);
	own_still_there(condition, &own_conditions, pc);
	own_release((uintptr_t)condition);
	if (woken)
		own_wrote(0, 0);
	else
		own_found_taken(&c->step);
	if (!woken && own.telling)
		own_noted("nobody waits: the signal is lost");
}

OWN_EXPORT int pthread_cond_init(pthread_cond_t *restrict c,
				 const pthread_condattr_t *restrict attributes)
{
	(void)attributes;
	own_condition_make(c, OWN_PC());
	return 0;
}

OWN_EXPORT int pthread_cond_destroy(pthread_cond_t *c)
{
	own_condition_end(c, OWN_PC());
	return 0;
}

OWN_EXPORT int pthread_cond_wait(pthread_cond_t *restrict c, pthread_mutex_t *restrict m)
{
	return own_condition_wait(c, m, false, OWN_PC());
}

OWN_EXPORT int pthread_cond_timedwait(pthread_cond_t *restrict c, pthread_mutex_t *restrict m,
				      const struct timespec *restrict until)
{
	(void)until;
	return own_condition_wait(c, m, true, OWN_PC());
}

OWN_EXPORT int pthread_cond_clockwait(pthread_cond_t *restrict c, pthread_mutex_t *restrict m,
				      clockid_t clock, const struct timespec *restrict until)
{
	(void)clock;
	(void)until;
	return own_condition_wait(c, m, true, OWN_PC());
}

OWN_EXPORT int pthread_cond_signal(pthread_cond_t *c)
{
	own_condition_wake(c, false, OWN_PC());
	return 0;
}

OWN_EXPORT int pthread_cond_broadcast(pthread_cond_t *c)
{
	own_condition_wake(c, true, OWN_PC());
	return 0;
}

OWN_EXPORT int pthread_condattr_init(pthread_condattr_t *attributes)
{
	(void)attributes;
	return 0;
}

OWN_EXPORT int pthread_condattr_destroy(pthread_condattr_t *attributes)
{
	(void)attributes;
	return 0;
}

OWN_EXPORT int pthread_condattr_setclock(pthread_condattr_t *attributes, clockid_t clock)
{
	(void)attributes;
	(void)clock;
	return 0;
}

/* --- states --- */

uint64_t own_wakes_state(void)
{
	uint64_t hash = 0;

	for (uint32_t i = 0; i < own.count; i++)
		if (unlikely(spurious[i].execution == own.execution && spurious[i].count))
			hash += fibers_mix(i, spurious[i].count);
	return hash;
}
