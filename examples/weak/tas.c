/* SPDX-License-Identifier: MIT */
/*
 * A test-and-set lock that is released by a relaxed store: what was done under the lock may be seen
 * after the lock is.
 *
 *     npx dmtorture explore tas.c --memory rc11
 *     npx dmtorture explore tas.c --memory rc11 --flag -DFIXED
 */
#include <pthread.h>
#include <stdatomic.h>

#ifdef FIXED
#define ORDER memory_order_release
#else
#define ORDER memory_order_relaxed /* BUG */
#endif

static atomic_int taken;
static int counter; /* what the lock guards */

static void *count(void *unused)
{
	while (atomic_exchange_explicit(&taken, 1, memory_order_acquire))
		;
	counter++;
	atomic_store_explicit(&taken, 0, ORDER);
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
