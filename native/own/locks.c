/* SPDX-License-Identifier: MIT */
/*
 * Mutexes and spinlocks. A lock is one word, which its holder's number is in. To take it is a point
 * that is disabled while another thread holds it. To release it is not a step: it commutes with
 * what others could do before it, since they wait; unless somebody tries that lock, and so can see
 * whether it is held, which is learned.
 */
#include "objects.h"
#include "shadow.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>

#include "gates.h"

/* In the place of a pthread_mutex_t. */
struct mutex_memory {
	uint32_t tag;
	uint32_t count; /* how often its holder has taken it */
	uint32_t unused[2];
	int type; /* where the C library's initialisers have it */
};

_Static_assert(offsetof(struct mutex_memory, type) == offsetof(pthread_mutex_t, __data.__kind),
	       "the C library's initialisers say what type a mutex has");

const struct own_kind own_mutexes = {.name = "a mutex",
				     .mirror = OWN_MUTEX,
				     .tag = 0x7874756d,
				     .size = sizeof(struct mutex_memory),
				     .words = 1,
				     .zero_is_made = true};
const struct own_kind own_spinlocks = {.name = "a spinlock",
				       .mirror = OWN_MUTEX,
				       .tag = 0x6e697073,
				       .size = sizeof(pthread_spinlock_t),
				       .words = 1,
				       .zero_is_made = true};

#define TYPE 3 /* the other bits of a type are hints */

static uint64_t take_if_free(uint64_t value, uint64_t by)
{
	return value ? value : by;
}

static uint64_t make_free(uint64_t value, uint64_t by)
{
	(void)value;
	return by;
}

/* The current thread waits for the lock, and has it. */
static void take(void *lock, const struct own_kind *kind, struct word *w, uintptr_t pc)
{
	while (own_goes_round(w, pc, 0))
		;
	own_waits(kind->name, lock, pc);
	own_point(POINT_LOCK, w, own_site(pc));
	own_waits_no_more();
	own_still_there(lock, kind, pc);
	word_store(own_me()->task, w, own_as_holder());
	own_acquire((uintptr_t)lock);
	own_took_lock();
}

/* Returns the thread that held it, from 1; 0: the current thread has it now. */
static uint64_t try(void *lock, const struct own_kind *kind, struct word *w, uintptr_t pc)
{
	uint64_t holder;
	uint32_t thread;

	own_learn(OWN_FACT_TRIED, (uintptr_t)lock);
	while (own_goes_round(w, pc, 0))
		;
	thread = own_leave();
	holder = gate_step(own_me()->task, w, take_if_free, own_as_holder(), own_site(pc));
	own_return(thread);
	own_still_there(lock, kind, pc);
	holder &= OWN_HOLDER;
	observe(own_me()->task, holder != 0);
	if (!holder) {
		own_acquire((uintptr_t)lock);
		own_took_lock();
	} else {
		own_found_taken(w);
	}
	return holder;
}

/* Context: the current thread holds it. */
static void release(void *lock, struct word *w, uintptr_t pc)
{
	uint64_t progress = word_peek(w) >> 16;

	own_shadow_quickly((uintptr_t)lock, sizeof(uint32_t), OWN_IS_ATOMIC | OWN_WRITE, pc);
	own_release((uintptr_t)lock);
	if (unlikely(own_knows(OWN_FACT_TRIED, (uintptr_t)lock))) {
		uint32_t thread = own_leave();

		gate_step(own_me()->task, w, make_free, 0, own_site(pc));
		own_return(thread);
	} else {
		word_store(own_me()->task, w, 0);
		own_point_of_release(w, own_site(pc));
	}
	own_give_up(w, progress);
}

static _Noreturn void not_held(const struct own_kind *kind, const struct word *w, uintptr_t pc)
{
	uint64_t holder = word_peek(w) & OWN_HOLDER;

	if (holder)
		own_fault(FAULT_LOCK_MISUSE, pc, "%s releases %s that %s holds",
			  own_name(own.current), kind->name, own_name((uint32_t)holder - 1));
	own_fault(FAULT_LOCK_MISUSE, pc, "%s releases %s that nobody holds", own_name(own.current),
		  kind->name);
}

static void end(void *lock, const struct own_kind *kind, uintptr_t pc)
{
	struct word *w;
	int waiter;

	if (!own.inside)
		return;
	w = own_use(lock, kind, pc);
	own_point(POINT_FREE, w, own_site(pc));
	own_still_there(lock, kind, pc);
	if (word_peek(w))
		own_fault(FAULT_LOCK_MISUSE, pc, "%s is destroyed while %s holds it", kind->name,
			  own_name((uint32_t)(word_peek(w) & OWN_HOLDER) - 1));
	waiter = own_waiter_at(lock);
	if (waiter >= 0)
		own_fault(FAULT_LOCK_MISUSE, pc, "%s is destroyed while %s waits for it",
			  kind->name, own_name((uint32_t)waiter));
	own_unmake(lock);
}

/* --- mutexes --- */

/* It is the current thread's already. */
static int take_again(struct mutex_memory *m, bool tries, bool timed, uintptr_t pc)
{
	if ((m->type & TYPE) == PTHREAD_MUTEX_RECURSIVE) {
		m->count++;
		own_wrote(0, 0);
		return 0;
	}
	if (tries && !timed)
		return EBUSY;
	if ((m->type & TYPE) == PTHREAD_MUTEX_ERRORCHECK)
		return EDEADLK;
	if (timed)
		return ETIMEDOUT;
	own_fault(FAULT_DEADLOCK, pc, "%s takes a mutex that it holds", own_name(own.current));
}

/* A library's own mutex is none of an execution; but it has to be there, or it is a crash. */
static bool is_elsewhere(const void *mutex)
{
	if (likely(own.inside && own_is_put_back(mutex)))
		return false;
	(void)*(const volatile uint32_t *)mutex;
	return true;
}

int own_lock(void *mutex, uintptr_t pc)
{
	struct mutex_memory *m = mutex;
	struct word *w;

	if (is_elsewhere(mutex))
		return 0;
	w = own_use(m, &own_mutexes, pc);
	if (unlikely(own_holds(w)))
		return take_again(m, false, false, pc);
	take(m, &own_mutexes, w, pc);
	m->count = 1;
	return 0;
}

int own_trylock(void *mutex, bool timed, uintptr_t pc)
{
	struct mutex_memory *m = mutex;
	uint64_t holder;

	if (is_elsewhere(mutex))
		return 0;
	holder = try(m, &own_mutexes, own_use(m, &own_mutexes, pc), pc);
	if (holder == own.current + 1)
		return take_again(m, true, timed, pc);
	if (holder)
		return timed ? ETIMEDOUT : EBUSY;
	m->count = 1;
	return 0;
}

int own_unlock(void *mutex, uintptr_t pc)
{
	struct mutex_memory *m = mutex;
	struct word *w;

	if (is_elsewhere(mutex))
		return 0;
	w = own_use(m, &own_mutexes, pc);
	if (unlikely(!own_holds(w))) {
		if ((m->type & TYPE) == PTHREAD_MUTEX_ERRORCHECK)
			return EPERM;
		not_held(&own_mutexes, w, pc);
	}
	if (unlikely(m->count > 1)) {
		m->count--;
		own_wrote(0, 0);
		return 0;
	}
	release(m, w, pc);
	return 0;
}

void own_mutex_make(void *mutex, int type, uintptr_t pc)
{
	struct mutex_memory *m = mutex;

	own_make(m, &own_mutexes, pc);
	m->type = type;
}

void own_mutex_end(void *mutex, uintptr_t pc)
{
	end(mutex, &own_mutexes, pc);
}

/* As the C library does: a mutex that was taken twice is not given back. */
void own_lock_leave(void *mutex, uintptr_t pc)
{
	struct mutex_memory *m = mutex;

	if (likely(m->count <= 1)) {
		release(m, own_object((uintptr_t)m, OWN_MUTEX), pc);
		return;
	}
	m->count--;
	own_wrote(0, 0);
	if (own.telling)
		own_noted("the mutex was taken more than once, so the wait does not release it");
}

void own_lock_return(void *mutex, uintptr_t pc)
{
	struct mutex_memory *m = mutex;
	struct word *w = own_use(m, &own_mutexes, pc);

	if (unlikely(own_holds(w))) {
		m->count++;
		own_wrote(0, 0);
		return;
	}
	take(m, &own_mutexes, w, pc);
	m->count = 1;
}

bool own_lock_held(void *mutex, uintptr_t pc)
{
	return own_holds(own_use(mutex, &own_mutexes, pc));
}

OWN_EXPORT int pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *attributes)
{
	own_mutex_make(m, attributes ? *(const int *)attributes & TYPE : PTHREAD_MUTEX_NORMAL,
		       OWN_PC());
	return 0;
}

OWN_EXPORT int pthread_mutex_destroy(pthread_mutex_t *m)
{
	own_mutex_end(m, OWN_PC());
	return 0;
}

OWN_EXPORT int pthread_mutex_lock(pthread_mutex_t *m)
{
	return own_lock(m, OWN_PC());
}

OWN_EXPORT int pthread_mutex_unlock(pthread_mutex_t *m)
{
	return own_unlock(m, OWN_PC());
}

OWN_EXPORT int pthread_mutex_trylock(pthread_mutex_t *m)
{
	return own_trylock(m, false, OWN_PC());
}

OWN_EXPORT int pthread_mutex_timedlock(pthread_mutex_t *restrict m,
				       const struct timespec *restrict until)
{
	(void)until;
	return own_trylock(m, true, OWN_PC());
}

OWN_EXPORT int pthread_mutex_clocklock(pthread_mutex_t *restrict m, clockid_t clock,
				       const struct timespec *restrict until)
{
	(void)clock;
	(void)until;
	return own_trylock(m, true, OWN_PC());
}

OWN_EXPORT int pthread_mutexattr_init(pthread_mutexattr_t *attributes)
{
	*(int *)attributes = PTHREAD_MUTEX_DEFAULT;
	return 0;
}

OWN_EXPORT int pthread_mutexattr_destroy(pthread_mutexattr_t *attributes)
{
	(void)attributes;
	return 0;
}

OWN_EXPORT int pthread_mutexattr_settype(pthread_mutexattr_t *attributes, int type)
{
	if (type < PTHREAD_MUTEX_NORMAL || type > PTHREAD_MUTEX_ADAPTIVE_NP)
		return EINVAL;
	*(int *)attributes = type;
	return 0;
}

OWN_EXPORT int pthread_mutexattr_gettype(const pthread_mutexattr_t *restrict attributes,
					 int *restrict type)
{
	*type = *(const int *)attributes;
	return 0;
}

/* --- spinlocks --- */

OWN_EXPORT int pthread_spin_init(pthread_spinlock_t *l, int shared)
{
	(void)shared;
	own_make((void *)l, &own_spinlocks, OWN_PC());
	return 0;
}

OWN_EXPORT int pthread_spin_destroy(pthread_spinlock_t *l)
{
	end((void *)l, &own_spinlocks, OWN_PC());
	return 0;
}

OWN_EXPORT int pthread_spin_lock(pthread_spinlock_t *l)
{
	uintptr_t pc = OWN_PC();
	struct word *w;

	if (!own.inside)
		return 0;
	w = own_use((void *)l, &own_spinlocks, pc);
	if (own_holds(w))
		own_fault(FAULT_DEADLOCK, pc, "%s takes a spinlock that it holds",
			  own_name(own.current));
	take((void *)l, &own_spinlocks, w, pc);
	return 0;
}

OWN_EXPORT int pthread_spin_trylock(pthread_spinlock_t *l)
{
	uintptr_t pc = OWN_PC();

	if (!own.inside)
		return 0;
	return try((void *)l, &own_spinlocks, own_use((void *)l, &own_spinlocks, pc), pc) ? EBUSY
											  : 0;
}

OWN_EXPORT int pthread_spin_unlock(pthread_spinlock_t *l)
{
	uintptr_t pc = OWN_PC();
	struct word *w;

	if (!own.inside)
		return 0;
	w = own_use((void *)l, &own_spinlocks, pc);
	if (!own_holds(w))
		not_held(&own_spinlocks, w, pc);
	release((void *)l, w, pc);
	return 0;
}
