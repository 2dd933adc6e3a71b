/* SPDX-License-Identifier: MIT */
/* Each of N threads swaps 0 for 1, which fails behind another's, and stores a value of its own. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int x;
static int number[N];

static void *swap_and_store(void *argument)
{
	int expected = 0;

	atomic_compare_exchange_strong(&x, &expected, 1);
	atomic_store(&x, 2 + *(int *)argument);
	return NULL;
}

int main(void)
{
	pthread_t threads[N];

	for (int i = 0; i < N; i++) {
		number[i] = i;
		pthread_create(&threads[i], NULL, swap_and_store, &number[i]);
	}
	for (int i = 0; i < N; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
