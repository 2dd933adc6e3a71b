/* SPDX-License-Identifier: MIT */
/*
 * Reader-writer locks, as the C library makes them: readers are preferred, so that one comes in
 * while a writer waits. The word counts readers in its first byte and has the writer's number in
 * the second. Releases are steps where somebody tries the lock, as those of mutexes are.
 */
#include "objects.h"

#include <errno.h>
#include <pthread.h>

#include "gates.h"
#include "state.h"

/* In the place of a pthread_rwlock_t. */
struct rwlock_memory {
	uint32_t tag;
	uint8_t reads[OWN_THREADS]; /* how often each thread has it for reading */
};

_Static_assert(sizeof(struct rwlock_memory) <= sizeof(pthread_rwlock_t), "it is in its place");

const struct own_kind own_rwlocks = {.name = "a reader-writer lock",
				     .mirror = OWN_RWLOCK,
				     .tag = 0x6b637772,
				     .size = sizeof(struct rwlock_memory),
				     .words = 2,
				     .zero_is_made = true};

/* The mirror. */
struct rwlock {
	struct word state;
	struct word progress; /* the progress of the writer when it came */
};

/* The progress of each thread when it took the first of the locks that it reads now. */
static struct {
	uint32_t execution, locks;
	uint64_t progress;
} reading[OWN_THREADS];

#define READS UINT8_MAX /* of one thread, at most */

static uint64_t as_writer(void)
{
	return (uint64_t)(own.current + 1) << RWSEM_WRITER_SHIFT;
}

static uint64_t less(uint64_t value, uint64_t by)
{
	return value - by;
}

/* Readers release what writers acquire, and not each other. */
static uintptr_t of_readers(const void *lock)
{
	return (uintptr_t)lock + 1;
}

static void reads(struct rwlock_memory *l)
{
	uint32_t cpu = own.current;

	l->reads[cpu]++;
	own_acquire((uintptr_t)l);
	own_took_lock();
	if (reading[cpu].execution != own.execution) {
		reading[cpu].execution = own.execution;
		reading[cpu].locks = 0;
	}
	if (!reading[cpu].locks++)
		reading[cpu].progress = own_me()->progress;
}

static void writes(struct rwlock_memory *l, struct rwlock *lock)
{
	word_store(own_me()->task, &lock->progress, own_me()->progress);
	own_acquire((uintptr_t)l);
	own_acquire(of_readers(l));
	own_took_lock();
}

/* Whether it can be had; or what the C library answers to a thread that has it already. */
static int answer(const struct rwlock_memory *l, const struct rwlock *lock, bool for_writing,
		  bool tries, uintptr_t pc)
{
	if ((word_peek(&lock->state) & RWSEM_WRITER) == as_writer())
		return tries ? EBUSY : EDEADLK;
	if (!for_writing && l->reads[own.current] == READS)
		return EAGAIN;
	if (for_writing && l->reads[own.current] && !tries)
		own_fault(FAULT_DEADLOCK, pc,
			  "%s waits to write under a lock that it has for reading",
			  own_name(own.current));
	return 0;
}

static int take(void *memory, bool for_writing, uintptr_t pc)
{
	struct rwlock_memory *l = memory;
	struct rwlock *lock;
	uint64_t state;
	int error;

	if (!own.inside)
		return 0;
	lock = own_use(l, &own_rwlocks, pc);
	error = answer(l, lock, for_writing, false, pc);
	if (error)
		return error;
	while (own_goes_round(&lock->state, pc, for_writing))
		;
	own_waits(own_rwlocks.name, l, pc);
	own_point(for_writing ? POINT_LOCK : (enum point_kind)ACCESS_LOCK_SHARED, &lock->state,
		  own_site(pc));
	own_waits_no_more();
	own_still_there(l, &own_rwlocks, pc);
	state = word_peek(&lock->state);
	word_store(own_me()->task, &lock->state, for_writing ? as_writer() : state + 1);
	if (for_writing)
		writes(l, lock);
	else
		reads(l);
	return 0;
}

/*
 * A step; returns whether the current thread has it now. A try to write that fails counts as a
 * write: it depends on the readers that come, and they only read the word.
 */
static bool try_once(struct word *state, bool for_writing, const struct site *site)
{
	struct task *t = own_me()->task;
	uint64_t value;
	bool got;

	own_point(POINT_RMW, state, site);
	value = word_peek(state);
	got = observe(t, for_writing ? !value : !(value & RWSEM_WRITER));
	if (got)
		word_store(t, state, for_writing ? as_writer() : value + 1);
	fibers_look_again(t);
	return got;
}

static int try(void *memory, bool for_writing, bool timed, uintptr_t pc)
{
	struct rwlock_memory *l = memory;
	struct rwlock *lock;
	bool got;
	int error;

	if (!own.inside)
		return 0;
	lock = own_use(l, &own_rwlocks, pc);
	own_learn(OWN_FACT_TRIED, (uintptr_t)l);
	error = answer(l, lock, for_writing, true, pc);
	if (error == EAGAIN)
		return error;
	while (own_goes_round(&lock->state, pc, for_writing))
		;
	got = try_once(&lock->state, for_writing, own_site(pc));
	own_still_there(l, &own_rwlocks, pc);
	if (!got) {
		own_found_taken(&lock->state);
		return timed ? ETIMEDOUT : EBUSY;
	}
	if (for_writing)
		writes(l, lock);
	else
		reads(l);
	return 0;
}

/* @held: what the thread's hold of it adds to the state. */
static void release(struct rwlock_memory *l, struct rwlock *lock, uint64_t held, uint64_t progress,
		    uintptr_t pc)
{
	bool wrote = held != 1;

	own_shadow((uintptr_t)l, sizeof(l->tag), OWN_IS_ATOMIC | OWN_WRITE, pc);
	own_release(wrote ? (uintptr_t)l : of_readers(l));
	if (own_knows(OWN_FACT_TRIED, (uintptr_t)l)) {
		uint32_t thread = own_leave();

		gate_step(own_me()->task, &lock->state, less, held, own_site(pc));
		own_return(thread);
	} else {
		word_add(own_me()->task, &lock->state, -held);
		own_point(wrote ? POINT_UNLOCK : (enum point_kind)ACCESS_UNLOCK_SHARED,
			  &lock->state, own_site(pc));
	}
	own_give_up(&lock->state, progress);
}

OWN_EXPORT int pthread_rwlock_unlock(pthread_rwlock_t *memory)
{
	struct rwlock_memory *l = (struct rwlock_memory *)memory;
	uintptr_t pc = OWN_PC();
	struct rwlock *lock;

	if (!own.inside)
		return 0;
	lock = own_use(l, &own_rwlocks, pc);
	if ((word_peek(&lock->state) & RWSEM_WRITER) == as_writer()) {
		release(l, lock, as_writer(), word_peek(&lock->progress), pc);
		return 0;
	}
	if (!l->reads[own.current])
		own_fault(FAULT_LOCK_MISUSE, pc,
			  "%s releases a reader-writer lock that it does not hold",
			  own_name(own.current));
	l->reads[own.current]--;
	reading[own.current].locks--;
	release(l, lock, 1, reading[own.current].progress, pc);
	return 0;
}

OWN_EXPORT int pthread_rwlock_init(pthread_rwlock_t *l, const pthread_rwlockattr_t *attributes)
{
	(void)attributes;
	own_make(l, &own_rwlocks, OWN_PC());
	return 0;
}

OWN_EXPORT int pthread_rwlock_destroy(pthread_rwlock_t *l)
{
	uintptr_t pc = OWN_PC();
	struct rwlock *lock;
	int waiter;

	if (!own.inside)
		return 0;
	lock = own_use(l, &own_rwlocks, pc);
	own_point(POINT_FREE, &lock->state, own_site(pc));
	own_still_there(l, &own_rwlocks, pc);
	if (word_peek(&lock->state))
		own_fault(FAULT_LOCK_MISUSE, pc,
			  "a reader-writer lock is destroyed while it is held");
	waiter = own_waiter_at(l);
	if (waiter >= 0)
		own_fault(FAULT_LOCK_MISUSE, pc,
			  "a reader-writer lock is destroyed while %s waits for it",
			  own_name((uint32_t)waiter));
	own_unmake(l);
	return 0;
}

OWN_EXPORT int pthread_rwlock_rdlock(pthread_rwlock_t *l)
{
	return take(l, false, OWN_PC());
}

OWN_EXPORT int pthread_rwlock_wrlock(pthread_rwlock_t *l)
{
	return take(l, true, OWN_PC());
}

OWN_EXPORT int pthread_rwlock_tryrdlock(pthread_rwlock_t *l)
{
	return try(l, false, false, OWN_PC());
}

OWN_EXPORT int pthread_rwlock_trywrlock(pthread_rwlock_t *l)
{
	return try(l, true, false, OWN_PC());
}

OWN_EXPORT int pthread_rwlock_timedrdlock(pthread_rwlock_t *restrict l,
					  const struct timespec *restrict until)
{
	(void)until;
	return try(l, false, true, OWN_PC());
}

OWN_EXPORT int pthread_rwlock_timedwrlock(pthread_rwlock_t *restrict l,
					  const struct timespec *restrict until)
{
	(void)until;
	return try(l, true, true, OWN_PC());
}

OWN_EXPORT int pthread_rwlock_clockrdlock(pthread_rwlock_t *restrict l, clockid_t clock,
					  const struct timespec *restrict until)
{
	(void)clock;
	(void)until;
	return try(l, false, true, OWN_PC());
}

OWN_EXPORT int pthread_rwlock_clockwrlock(pthread_rwlock_t *restrict l, clockid_t clock,
					  const struct timespec *restrict until)
{
	(void)clock;
	(void)until;
	return try(l, true, true, OWN_PC());
}

OWN_EXPORT int pthread_rwlockattr_init(pthread_rwlockattr_t *attributes)
{
	(void)attributes;
	return 0;
}

OWN_EXPORT int pthread_rwlockattr_destroy(pthread_rwlockattr_t *attributes)
{
	(void)attributes;
	return 0;
}

/* --- states --- */

uint64_t own_readers_state(void)
{
	uint64_t hash = 0;

	for (uint32_t i = 0; i < own.count; i++)
		if (unlikely(reading[i].execution == own.execution && reading[i].locks))
			hash += fibers_mix(i,
					   (uint64_t)reading[i].locks << 1 |
						   (reading[i].progress != own.thread[i].progress));
	return hash;
}
