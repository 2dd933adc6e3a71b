/* SPDX-License-Identifier: MIT */
/*
 * Thread i swaps i for i + 1. Where the threads before it went as far as v values, it reads one of
 * these, and only after the last can it swap: 1, 2, 5, 14, 43, 144 traces.
 */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int x;
static int number[N];

static void *swap(void *argument)
{
	int old = *(int *)argument;

	atomic_compare_exchange_strong(&x, &old, old + 1);
	return NULL;
}

int main(void)
{
	pthread_t threads[N];

	for (int i = 0; i < N; i++) {
		number[i] = i;
		pthread_create(&threads[i], NULL, swap, &number[i]);
	}
	for (int i = 0; i < N; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
