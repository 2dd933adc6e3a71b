/* SPDX-License-Identifier: MIT */
/*
 * The MCS lock as DPDK had it until 2020, written anew from the description: each thread waits on a
 * node of its own, and links it to the node before. That link was a relaxed store. Nothing then
 * orders the store of `locked = 1` before the one of `locked = 0` by which the other thread hands
 * the lock on: it may land last, and the thread waits for ever.
 *
 *     npx dmtorture explore dpdk-mcs-2020.c --memory rc11
 *     npx dmtorture explore dpdk-mcs-2020.c --memory rc11 --flag -DFIXED
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#ifdef FIXED
#define LINK_ORDER memory_order_release
#else
#define LINK_ORDER memory_order_relaxed /* BUG */
#endif

struct node {
	_Atomic(struct node *) next;
	atomic_int locked;
};

static _Atomic(struct node *) tail;
static struct node nodes[2];
static int counter; /* what the lock guards */

static void lock(struct node *me)
{
	struct node *before;

	atomic_store_explicit(&me->next, NULL, memory_order_relaxed);
	atomic_store_explicit(&me->locked, 1, memory_order_relaxed);
	before = atomic_exchange_explicit(&tail, me, memory_order_acq_rel);
	if (!before)
		return;
	atomic_store_explicit(&before->next, me, LINK_ORDER);
	while (atomic_load_explicit(&me->locked, memory_order_acquire))
		;
}

static void unlock(struct node *me)
{
	struct node *last = me, *next;

	next = atomic_load_explicit(&me->next, memory_order_acquire);
	if (!next) {
		if (atomic_compare_exchange_strong_explicit(
			    &tail, &last, NULL, memory_order_release, memory_order_relaxed))
			return;
		while (!(next = atomic_load_explicit(&me->next, memory_order_acquire)))
			;
	}
	atomic_store_explicit(&next->locked, 0, memory_order_release);
}

static void *count(void *node)
{
	lock(node);
	counter++;
	unlock(node);
	return NULL;
}

int main(void)
{
	pthread_t other;

	pthread_create(&other, NULL, count, &nodes[1]);
	count(&nodes[0]);
	pthread_join(other, NULL);
	return counter != 2;
}
