/* SPDX-License-Identifier: MIT */
/*
 * Two threads store 1 to N to two words each, in turn; another reads all four words and the first
 * three again; another reads the first three.
 */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int word[4];

static void *store(void *pair)
{
	atomic_int *mine = pair;

	for (int i = 1; i <= N; i++) {
		atomic_store(&mine[0], i);
		atomic_store(&mine[1], i);
	}
	return NULL;
}

static void *read_seven(void *unused)
{
	for (int i = 0; i < 7; i++)
		(void)atomic_load(&word[i % 4]);
	return unused;
}

static void *read_three(void *unused)
{
	for (int i = 0; i < 3; i++)
		(void)atomic_load(&word[i]);
	return unused;
}

int main(void)
{
	pthread_t threads[4];

	pthread_create(&threads[0], NULL, read_seven, NULL);
	pthread_create(&threads[1], NULL, read_three, NULL);
	pthread_create(&threads[2], NULL, store, &word[0]);
	pthread_create(&threads[3], NULL, store, &word[2]);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
