/* SPDX-License-Identifier: MIT */
/*
 * Dekker's entry: each thread raises its flag and looks at the other's. With release and acquire
 * both may miss the other's flag, as on every PC: stores wait in a buffer. It takes seq_cst.
 *
 *     npx dmtorture explore dekker.c --memory rc11
 *     npx dmtorture explore dekker.c --memory rc11 --flag -DFIXED
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

static atomic_int flag[2];
static int counter; /* what one thread alone may touch */

static void *enter(void *argument)
{
	atomic_int *mine = argument, *other = mine == &flag[0] ? &flag[1] : &flag[0];

	atomic_store_explicit(mine, 1, STORE);
	if (!atomic_load_explicit(other, LOAD))
		counter++;
	return NULL;
}

int main(void)
{
	pthread_t other;

	pthread_create(&other, NULL, enter, &flag[1]);
	enter(&flag[0]);
	pthread_join(other, NULL);
	return counter > 1;
}
