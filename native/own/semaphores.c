/* SPDX-License-Identifier: MIT */
/* Semaphores and barriers, over those of sync.h. */
#include "objects.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>

#include "gates.h"
#include "sync.h"

/* --- semaphores --- */

/* In the place of a sem_t. */
struct semaphore_memory {
	uint32_t tag;
	uint32_t first; /* the count that it was made with */
};

const struct own_kind own_semaphores = {.name = "a semaphore",
					.mirror = OWN_SEMAPHORE,
					.tag = 0x616d6573,
					.size = sizeof(struct semaphore_memory),
					.words = sizeof(struct semaphore) / sizeof(struct word)};

/* Its mirror, which is zero before the first use in an execution. */
static struct semaphore *use_semaphore(sem_t *memory, uintptr_t pc)
{
	struct semaphore *s = own_use(memory, &own_semaphores, pc);

	if (unlikely(!word_peek(&s->state)))
		semaphore_init(own_me()->task, s, ((struct semaphore_memory *)memory)->first);
	return s;
}

/* The current thread has it. */
static void got(sem_t *memory, struct semaphore *s)
{
	own_acquire((uintptr_t)memory);
	own_changed(&s->state);
}

static int down(sem_t *memory, uintptr_t pc)
{
	struct semaphore *s;
	uint32_t thread;

	if (!own.inside)
		return 0;
	s = use_semaphore(memory, pc);
	own_waits(own_semaphores.name, memory, pc);
	thread = own_leave();
	semaphore_down_at(own_me()->task, s, own_site(pc));
	own_return(thread);
	own_waits_no_more();
	own_still_there(memory, &own_semaphores, pc);
	got(memory, s);
	return 0;
}

static int try_down(sem_t *memory, int error, uintptr_t pc)
{
	struct semaphore *s;
	uint32_t thread;
	bool taken;

	if (!own.inside)
		return 0;
	s = use_semaphore(memory, pc);
	do {
		thread = own_leave();
		taken = semaphore_trydown_at(own_me()->task, s, own_site(pc));
		own_return(thread);
		own_still_there(memory, &own_semaphores, pc);
	} while (!taken && own_goes_round(&s->state, pc, 0));
	if (!taken) {
		errno = error;
		return -1;
	}
	got(memory, s);
	return 0;
}

OWN_EXPORT int sem_init(sem_t *memory, int shared, unsigned int count)
{
	struct semaphore *s;

	(void)shared;
	if (count > SEM_VALUE_MAX) {
		errno = EINVAL;
		return -1;
	}
	s = own_make(memory, &own_semaphores, OWN_PC());
	((struct semaphore_memory *)memory)->first = count;
	if (own.inside)
		semaphore_init(own_me()->task, s, count);
	return 0;
}

OWN_EXPORT int sem_destroy(sem_t *memory)
{
	uintptr_t pc = OWN_PC();
	struct semaphore *s;
	int waiter;

	if (!own.inside)
		return 0;
	s = use_semaphore(memory, pc);
	own_point(POINT_FREE, &s->state, own_site(pc));
	own_still_there(memory, &own_semaphores, pc);
	waiter = own_waiter_at(memory);
	if (waiter >= 0)
		own_fault(FAULT_LOCK_MISUSE, pc, "a semaphore is destroyed while %s waits for it",
			  own_name((uint32_t)waiter));
	own_unmake(memory);
	return 0;
}

OWN_EXPORT int sem_wait(sem_t *memory)
{
	return down(memory, OWN_PC());
}

OWN_EXPORT int sem_trywait(sem_t *memory)
{
	return try_down(memory, EAGAIN, OWN_PC());
}

OWN_EXPORT int sem_timedwait(sem_t *restrict memory, const struct timespec *restrict until)
{
	(void)until;
	return try_down(memory, ETIMEDOUT, OWN_PC());
}

OWN_EXPORT int sem_clockwait(sem_t *restrict memory, clockid_t clock,
			     const struct timespec *restrict until)
{
	(void)clock;
	(void)until;
	return try_down(memory, ETIMEDOUT, OWN_PC());
}

OWN_EXPORT int sem_post(sem_t *memory)
{
	uintptr_t pc = OWN_PC();
	struct semaphore *s;
	uint32_t thread;

	if (!own.inside)
		return 0;
	s = use_semaphore(memory, pc);
	thread = own_leave();
	semaphore_up_at(own_me()->task, s, own_site(pc));
	own_return(thread);
	own_still_there(memory, &own_semaphores, pc);
	own_release((uintptr_t)memory);
	own_changed(&s->state);
	return 0;
}

OWN_EXPORT int sem_getvalue(sem_t *restrict memory, int *restrict value)
{
	uintptr_t pc = OWN_PC();
	struct semaphore *s;

	if (!own.inside) {
		*value = (int)((struct semaphore_memory *)memory)->first;
		return 0;
	}
	s = use_semaphore(memory, pc);
	do {
		own_point(POINT_READ, &s->state, own_site(pc));
		own_still_there(memory, &own_semaphores, pc);
		*value = (int)(observe(own_me()->task, word_peek(&s->state)) >> GATE_SHIFT);
	} while (own_goes_round(&s->state, pc, (uint64_t)*value));
	return 0;
}

/* --- barriers --- */

/* In the place of a pthread_barrier_t. */
struct barrier_memory {
	uint32_t tag;
	uint32_t parties;
	uint32_t rounds; /* that were completed */
};

_Static_assert(sizeof(struct barrier_memory) <= sizeof(pthread_barrier_t), "it is in its place");

const struct own_kind own_barriers = {.name = "a barrier",
				      .mirror = OWN_BARRIER,
				      .tag = 0x72726162,
				      .size = sizeof(struct barrier_memory),
				      .words = sizeof(struct barrier) / sizeof(struct word)};

static struct barrier *use_barrier(pthread_barrier_t *memory, uintptr_t pc)
{
	struct barrier *b = own_use(memory, &own_barriers, pc);

	if (unlikely(!word_peek(&b->parties)))
		barrier_init(own_me()->task, b, ((struct barrier_memory *)memory)->parties);
	return b;
}

OWN_EXPORT int pthread_barrier_init(pthread_barrier_t *restrict memory,
				    const pthread_barrierattr_t *restrict attributes,
				    unsigned int parties)
{
	struct barrier_memory *m = (struct barrier_memory *)memory;
	uintptr_t pc = OWN_PC();

	(void)attributes;
	if (!parties)
		return EINVAL;
	if (own.inside) {
		own_heap_check((uintptr_t)m, sizeof(*m), pc, true);
		if (m->tag == own_barriers.tag)
			own_fault(FAULT_LOCK_MISUSE, pc,
				  "a barrier is made twice, and not destroyed in between");
	}
	own_make(m, &own_barriers, pc);
	m->parties = parties;
	return 0;
}

OWN_EXPORT int pthread_barrier_destroy(pthread_barrier_t *memory)
{
	uintptr_t pc = OWN_PC();
	struct barrier *b;

	if (!own.inside)
		return 0;
	b = use_barrier(memory, pc);
	own_point(POINT_FREE, &b->step, own_site(pc));
	own_still_there(memory, &own_barriers, pc);
	if (word_peek(&b->arrived))
		own_fault(FAULT_LOCK_MISUSE, pc,
			  "a barrier is destroyed while %u of %u threads wait at it",
			  (unsigned int)word_peek(&b->arrived),
			  (unsigned int)word_peek(&b->parties));
	own_unmake(memory);
	return 0;
}

/* Two rounds at a time have threads that come or go: each has a clock of its own. */
static uintptr_t clock_of_round(const void *memory, uint32_t round)
{
	return (uintptr_t)memory + (round & 1);
}

/* The current thread has come; it is the last of its round where @last. Context: within a step. */
static void arrive(struct barrier *b, struct barrier_memory *m, bool last)
{
	struct task *t = own_me()->task;

	word_store(t, &b->arrived, last ? 0 : word_peek(&b->arrived) + 1);
	if (!last) {
		gate_close(t, &b->gate[own.current]);
		return;
	}
	m->rounds++;
	for (uint32_t i = 0; i < OWN_THREADS; i++)
		if (word_peek(&b->gate[i]))
			gate_open(t, &b->gate[i], 0);
}

OWN_EXPORT int pthread_barrier_wait(pthread_barrier_t *memory)
{
	struct barrier_memory *m = (struct barrier_memory *)memory;
	uintptr_t pc = OWN_PC(), clock;
	struct barrier *b;
	bool last;

	if (!own.inside)
		return 0;
	b = use_barrier(memory, pc);
	own_point(POINT_RMW, &b->step, own_site(pc));
	own_still_there(m, &own_barriers, pc);
	clock = clock_of_round(m, m->rounds);
	own_release(clock);
	last = observe(own_me()->task, word_peek(&b->arrived) + 1 >= word_peek(&b->parties));
	arrive(b, m, last);
	if (!last) {
		own_waits(own_barriers.name, m, pc);
		own_point(POINT_LOCK, &b->gate[own.current], own_site(pc));
		own_waits_no_more();
	}
	own_acquire(clock);
	own_wrote(0, 0);
	return last ? PTHREAD_BARRIER_SERIAL_THREAD : 0;
}
