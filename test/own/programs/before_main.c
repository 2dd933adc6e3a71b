/* SPDX-License-Identifier: MIT */
/* A constructor uses what main() has yet to make: the program does not come to main(). */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_int *counter;

__attribute__((constructor)) static void count_the_load(void)
{
#ifdef FIXED
	counter = malloc(sizeof(*counter));
#endif
	atomic_init(counter, 1); /* expect: crash */
}

static void *count(void *unused)
{
	atomic_fetch_add(counter, 1);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	if (!counter)
		counter = malloc(sizeof(*counter));
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, count, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	free(counter);
	return 0;
}
