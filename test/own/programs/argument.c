/* SPDX-License-Identifier: MIT */
/*
 * The threads are given the address of the loop's variable, which goes on while they read it.
 * fix: nothing to interleave
 */
#include <assert.h>
#include <pthread.h>

static int number[2];

static void *thread(void *argument)
{
	int *mine = argument;

	return (void *)(long)*mine; /* expect: data-race */
}

int main(void)
{
	pthread_t threads[2];

#ifdef FIXED
	for (int i = 0; i < 2; i++) {
		number[i] = i;
		pthread_create(&threads[i], NULL, thread, &number[i]);
	}
#else
	for (number[0] = 0; number[0] < 2; number[0]++) /* expect: data-race */
		pthread_create(&threads[number[0]], NULL, thread, &number[0]);
#endif
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
