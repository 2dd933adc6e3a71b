/* SPDX-License-Identifier: MIT */
/* The barrier waits for three, and two come. */
#include <pthread.h>

static pthread_barrier_t barrier;

static void *thread(void *unused)
{
	pthread_barrier_wait(&barrier); /* expect: deadlock */
	return unused;
}

int main(void)
{
	pthread_t threads[2];

#ifdef FIXED
	pthread_barrier_init(&barrier, NULL, 2);
#else
	pthread_barrier_init(&barrier, NULL, 3);
#endif
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, thread, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL); /* expect: deadlock */
	return 0;
}
