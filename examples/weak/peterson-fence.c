/* SPDX-License-Identifier: MIT */
/*
 * Peterson's lock with one full fence, where every PC needs it: behind both stores. A weaker CPU
 * may let the store of `turn` land before the one of the flag, so that a second fence is needed
 * between.
 *
 *     npx dmtorture explore peterson-fence.c --memory rc11
 *     npx dmtorture explore peterson-fence.c --memory rc11 --flag -DFIXED
 */
#include <pthread.h>
#include <stdatomic.h>

#ifdef FIXED
#define FENCE() atomic_thread_fence(memory_order_seq_cst)
#else
#define FENCE() /* BUG */
#endif

static atomic_int flag[2], turn;
static int counter; /* what the lock guards */

static void *count(void *argument)
{
	int me = argument != NULL, other = 1 - me;

	atomic_store_explicit(&flag[me], 1, memory_order_release);
	FENCE();
	atomic_store_explicit(&turn, other, memory_order_release);
	atomic_thread_fence(memory_order_seq_cst);
	while (atomic_load_explicit(&flag[other], memory_order_acquire) &&
	       atomic_load_explicit(&turn, memory_order_acquire) == other)
		;
	counter++;
	atomic_store_explicit(&flag[me], 0, memory_order_release);
	return NULL;
}

int main(void)
{
	pthread_t other;

	pthread_create(&other, NULL, count, &turn);
	count(NULL);
	pthread_join(other, NULL);
	return counter != 2;
}
