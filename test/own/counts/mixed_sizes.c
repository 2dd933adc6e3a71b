/* SPDX-License-Identifier: MIT */
/* N threads add to a word, and main() writes one byte of it: (N + 1)! traces. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

static union {
	_Atomic uint32_t whole;
	_Atomic uint8_t part[4];
} word;

static void *add(void *unused)
{
	atomic_fetch_add(&word.whole, 1);
	return unused;
}

int main(void)
{
	pthread_t threads[N];

	for (int i = 0; i < N; i++)
		pthread_create(&threads[i], NULL, add, NULL);
	atomic_store(&word.part[2], 1);
	for (int i = 0; i < N; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
