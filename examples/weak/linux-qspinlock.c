/* SPDX-License-Identifier: MIT */
/*
 * The queue of Linux's qspinlock in small, as it was before commit 95bcade33a8a, written anew from
 * the description: a word that is the lock, and a queue of nodes whose first thread waits for the
 * word. The link to the node before was a relaxed store. Nothing then orders the store that makes
 * the node wait before the one that ends its wait: it may land last, and the thread waits for ever.
 *
 *     npx dmtorture explore linux-qspinlock.c --memory rc11
 *     npx dmtorture explore linux-qspinlock.c --memory rc11 --flag -DFIXED
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef FIXED
#define LINK_ORDER memory_order_release
#else
#define LINK_ORDER memory_order_relaxed /* BUG */
#endif

struct node {
	_Atomic(struct node *) next;
	atomic_bool first; /* of the queue */
};

static atomic_bool taken;
static _Atomic(struct node *) tail;
static struct node nodes[2];
static int counter; /* what the lock guards */

static void queue(struct node *me)
{
	struct node *before;

	atomic_store_explicit(&me->next, NULL, memory_order_relaxed);
	atomic_store_explicit(&me->first, false, memory_order_relaxed);
	before = atomic_exchange_explicit(&tail, me, memory_order_acq_rel);
	if (!before)
		return;
	atomic_store_explicit(&before->next, me, LINK_ORDER);
	while (!atomic_load_explicit(&me->first, memory_order_acquire))
		;
}

/* The next of the queue is its first from now on. */
static void leave(struct node *me)
{
	struct node *last = me, *next;

	if (atomic_compare_exchange_strong_explicit(&tail, &last, NULL, memory_order_relaxed,
						    memory_order_relaxed))
		return;
	while (!(next = atomic_load_explicit(&me->next, memory_order_acquire)))
		;
	atomic_store_explicit(&next->first, true, memory_order_release);
}

static void lock(struct node *me)
{
	queue(me);
	while (atomic_exchange_explicit(&taken, true, memory_order_acquire))
		;
	leave(me);
}

static void *count(void *node)
{
	lock(node);
	counter++;
	atomic_store_explicit(&taken, false, memory_order_release);
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
