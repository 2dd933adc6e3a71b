/* SPDX-License-Identifier: MIT */
/* N readers of a word that one writes: each reads before or after, 2^N traces. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int x;

static void *read(void *unused)
{
	(void)atomic_load(&x);
	return unused;
}

static void *write(void *unused)
{
	atomic_store(&x, 1);
	return unused;
}

int main(void)
{
	pthread_t threads[N + 1];

	pthread_create(&threads[N], NULL, write, NULL);
	for (int i = 0; i < N; i++)
		pthread_create(&threads[i], NULL, read, NULL);
	for (int i = 0; i <= N; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
