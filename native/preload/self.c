/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "self.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "notes.h"
#include "verbs.h"

#define EXIT_REFUSED 125

__thread struct self *self_of_thread __attribute__((tls_model("initial-exec")));
uint64_t fork_epoch;
_Atomic bool crowded;

static _Atomic(struct self *) everybody;
static _Atomic uint32_t indexes, in_use;
static pthread_key_t leave_key;
static bool has_key;

static void leave(void *p)
{
	struct self *s = p;

	self_of_thread = NULL;
	atomic_fetch_sub_explicit(&in_use, 1, memory_order_relaxed);
	atomic_store_explicit(&s->in_use, 0, memory_order_release);
}

static void *map(size_t bytes)
{
	/* Not malloc(), which may be the program's own, and lock a mutex. */
	void *memory =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		abort();
	return memory;
}

static struct self *used_before(void)
{
	for (struct self *s = atomic_load(&everybody); s; s = s->next) {
		uint32_t none = 0;

		if (!atomic_load_explicit(&s->in_use, memory_order_relaxed) &&
		    atomic_compare_exchange_strong(&s->in_use, &none, 1))
			return s;
	}
	return NULL;
}

static struct self *made_new(void)
{
	struct self *s = map(sizeof(*s));

	s->in_use = 1;
	s->index = atomic_fetch_add(&indexes, 1) + 1;
	s->next = atomic_load(&everybody);
	while (!atomic_compare_exchange_weak(&everybody, &s->next, s))
		;
	return s;
}

/* Threads exceed CPUs: a lock that spins makes the program many times slower, or stops it. */
static void see_crowd(uint32_t threads)
{
	if (refuse_crowds) {
		note("crowded", threads, cpus_of_process);
		syscall(SYS_exit_group, EXIT_REFUSED);
	}
	atomic_store_explicit(&crowded, true, memory_order_relaxed);
}

struct self *enter(void)
{
	struct self *s = used_before();
	uint32_t threads = atomic_fetch_add(&in_use, 1) + 1;

	if (!s)
		s = made_new();
	self_of_thread = s;
	chosen();
	if (threads > cpus_of_process)
		see_crowd(threads);
	if (has_key)
		pthread_setspecific(leave_key, s);
	return s;
}

struct node_slot *more_slots(struct slots *slots)
{
	for (;;) {
		if (!slots->more)
			slots->more = map(sizeof(*slots));
		slots = slots->more;
		for (uint32_t i = 0; i < SLOTS; i++)
			if (!atomic_load_explicit(&slots->slot[i].busy, memory_order_acquire))
				return &slots->slot[i];
	}
}

/*
 * The thread that forked goes on and holds what it held, but nobody waits behind it: those that
 * did are not there, and would never take their turn.
 */
static void forget_waiters(struct slots *slots)
{
	for (; slots; slots = slots->more)
		for (uint32_t i = 0; i < SLOTS; i++) {
			struct node_slot *slot = &slots->slot[i];

			if (!slot->busy || slot->room->node != &slot->node)
				continue;
			atomic_store(&slot->node.link.value, NULL);
			atomic_store((_Atomic(void *) *)(void *)slot->room->lock, &slot->node);
		}
}

void self_after_fork(void)
{
	struct self *me = self_of_thread;

	/* Those that wait in the child of a process with one thread are its own. */
	if (atomic_load(&in_use) > (me != NULL))
		fork_epoch++;
	for (struct self *s = atomic_load(&everybody); s; s = s->next) {
		s->record = NULL;
		s->uncounted = false;
		if (s != me)
			atomic_store(&s->in_use, 0);
	}
	atomic_store(&in_use, me != NULL);
	if (me)
		forget_waiters(&me->slots);
}

void self_begin(void)
{
	has_key = !pthread_key_create(&leave_key, leave);
	if (has_key && self_of_thread)
		pthread_setspecific(leave_key, self_of_thread);
}
