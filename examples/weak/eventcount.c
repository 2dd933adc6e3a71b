/* SPDX-License-Identifier: MIT */
/*
 * A thread announces that it waits and looks again; the other makes the thing ready and looks
 * for threads that wait. Without full fences each may miss the other's store, as on every PC, and
 * the wake-up is lost.
 *
 *     npx dmtorture explore eventcount.c --memory rc11
 *     npx dmtorture explore eventcount.c --memory rc11 --flag -DFIXED
 */
#include <pthread.h>
#include <stdatomic.h>

#ifdef FIXED
#define FENCE() atomic_thread_fence(memory_order_seq_cst)
#else
#define FENCE() /* BUG */
#endif

static atomic_int ready, waiting, woken;

static void *make_ready(void *unused)
{
	atomic_store_explicit(&ready, 1, memory_order_release);
	FENCE();
	if (atomic_load_explicit(&waiting, memory_order_acquire))
		atomic_store_explicit(&woken, 1, memory_order_release);
	return unused;
}

int main(void)
{
	pthread_t other;

	pthread_create(&other, NULL, make_ready, NULL);
	atomic_store_explicit(&waiting, 1, memory_order_release);
	FENCE();
	if (!atomic_load_explicit(&ready, memory_order_acquire))
		while (!atomic_load_explicit(&woken, memory_order_acquire))
			;
	pthread_join(other, NULL);
	return 0;
}
