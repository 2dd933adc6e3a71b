/* SPDX-License-Identifier: MIT */
/*
 * Two threads add one number to the other N times, each to its own, in three steps a time; a third
 * looks at the first number and, where that is not too large, at the second.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#define LARGEST 144 /* Fibonacci's number 2 * (5 + 1) */

static atomic_int number[2];

static void *grow(void *own)
{
	for (int i = 0; i < N; i++) {
		int one = atomic_load(&number[0]);

		atomic_store((atomic_int *)own, one + atomic_load(&number[1]));
	}
	return NULL;
}

static void *look(void *unused)
{
	assert(atomic_load(&number[0]) <= LARGEST && atomic_load(&number[1]) <= LARGEST);
	return unused;
}

int main(void)
{
	pthread_t threads[3];

	for (int i = 0; i < 2; i++)
		atomic_init(&number[i], 1);
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, grow, &number[i]);
	pthread_create(&threads[2], NULL, look, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
