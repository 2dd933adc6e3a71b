/* SPDX-License-Identifier: MIT */
/*
 * A seqlock whose writer stores the even count relaxed: a reader may see it before what it guards.
 *
 *     npx dmtorture explore seqlock-count.c --memory rc11
 *     npx dmtorture explore seqlock-count.c --memory rc11 --flag -DFIXED
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifdef FIXED
#define ORDER memory_order_release
#else
#define ORDER memory_order_relaxed /* BUG */
#endif

static atomic_uint sequence;
static atomic_int hours, minutes; /* always the same number here */

static void *set(void *unused)
{
	atomic_store_explicit(&sequence, 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	atomic_store_explicit(&hours, 12, memory_order_relaxed);
	atomic_store_explicit(&minutes, 12, memory_order_relaxed);
	atomic_store_explicit(&sequence, 2, ORDER);
	return unused;
}

int main(void)
{
	unsigned int seen;
	pthread_t setter;
	int h, m;

	pthread_create(&setter, NULL, set, NULL);
	seen = atomic_load_explicit(&sequence, memory_order_acquire);
	h = atomic_load_explicit(&hours, memory_order_relaxed);
	m = atomic_load_explicit(&minutes, memory_order_relaxed);
	atomic_thread_fence(memory_order_acquire);
	if (!(seen & 1) && atomic_load_explicit(&sequence, memory_order_relaxed) == seen)
		assert(h == m);
	pthread_join(setter, NULL);
	return 0;
}
