/* SPDX-License-Identifier: MIT */
/*
 * Peterson's lock with release and acquire: each thread may miss what the other has just stored,
 * and both are in. It takes seq_cst, or full fences.
 *
 *     npx dmtorture explore peterson.c --memory rc11
 *     npx dmtorture explore peterson.c --memory rc11 --flag -DFIXED
 */
#include <pthread.h>
#include <stdatomic.h>

#ifdef FIXED
#define STORE memory_order_seq_cst
#define LOAD memory_order_seq_cst
#else
#define STORE memory_order_release /* BUG */
#define LOAD memory_order_acquire
#endif

static atomic_int flag[2], turn;
static int counter; /* what the lock guards */

static void *count(void *argument)
{
	int me = argument != NULL, other = 1 - me;

	atomic_store_explicit(&flag[me], 1, STORE);
	atomic_store_explicit(&turn, other, STORE);
	while (atomic_load_explicit(&flag[other], LOAD) &&
	       atomic_load_explicit(&turn, LOAD) == other)
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
