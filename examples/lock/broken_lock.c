/* SPDX-License-Identifier: MIT */
/* The same, and one order too weak: what was written under the lock is not handed over. */
#include <sched.h>
#include <stdatomic.h>

typedef struct {
	atomic_uint next, called;
} lock_t;

enum { lock_fifo = 1 }; /* it serves in the order of arrival */

void lock_init(lock_t *l)
{
	atomic_init(&l->next, 0);
	atomic_init(&l->called, 0);
}

void lock_acquire(lock_t *l)
{
	unsigned mine = atomic_fetch_add_explicit(&l->next, 1, memory_order_relaxed);

	while (atomic_load_explicit(&l->called, memory_order_acquire) != mine)
		sched_yield();
}

void lock_release(lock_t *l)
{
	unsigned next = atomic_load_explicit(&l->called, memory_order_relaxed) + 1;

	atomic_store_explicit(&l->called, next, memory_order_relaxed);
}
