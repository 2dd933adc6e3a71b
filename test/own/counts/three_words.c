/* SPDX-License-Identifier: MIT */
/* N threads add to each of three words, one after the other: (N!)^3 traces. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int word[3];

static void *add(void *unused)
{
	for (int i = 0; i < 3; i++)
		atomic_fetch_add(&word[i], 1);
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
