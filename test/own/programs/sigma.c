/* SPDX-License-Identifier: MIT */
/* Many add to one sum; each takes a place of its own, except that they take the same. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#define THREADS 4

static int share[THREADS];
static atomic_int next_share;

static void *add(void *unused)
{
#ifdef FIXED
	int mine = atomic_fetch_add(&next_share, 1);
#else
	int mine = atomic_load(&next_share);

	atomic_fetch_add(&next_share, 1);
#endif
	share[mine]++; /* expect: data-race */
	return unused;
}

int main(void)
{
	pthread_t threads[THREADS];
	int sum = 0;

	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, add, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < THREADS; i++)
		sum += share[i];
	assert(sum == THREADS); /* expect: check-failed */
	return 0;
}
