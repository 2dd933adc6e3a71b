/* SPDX-License-Identifier: MIT */
/*
 * A ticket lock whose wait ends by a relaxed load: the thread is let in before it knows what the
 * one before it did.
 *
 *     npx dmtorture explore ticket.c --memory rc11
 *     npx dmtorture explore ticket.c --memory rc11 --flag -DFIXED
 */
#include <pthread.h>
#include <stdatomic.h>

#ifdef FIXED
#define ORDER memory_order_acquire
#else
#define ORDER memory_order_relaxed /* BUG */
#endif

static atomic_uint next, called;
static int counter; /* what the lock guards */

static void *count(void *unused)
{
	unsigned int mine = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed);

	while (atomic_load_explicit(&called, ORDER) != mine)
		;
	counter++;
	atomic_store_explicit(&called, mine + 1, memory_order_release);
	return unused;
}

int main(void)
{
	pthread_t other;

	pthread_create(&other, NULL, count, NULL);
	count(NULL);
	pthread_join(other, NULL);
	return counter != 2;
}
