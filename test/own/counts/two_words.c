/* SPDX-License-Identifier: MIT */
/* N threads add to one word, then to another: (N!)^2 traces. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int x, y;

static void *add(void *unused)
{
	atomic_fetch_add(&x, 1);
	atomic_fetch_add(&y, 1);
	return unused;
}

int main(void)
{
	pthread_t threads[N];

	for (int i = 0; i < N; i++)
		pthread_create(&threads[i], NULL, add, NULL);
	for (int i = 0; i < N; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
