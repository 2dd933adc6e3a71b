/* SPDX-License-Identifier: MIT */
/* A semaphore that two may pass guards what only one may touch. */
#include <pthread.h>
#include <semaphore.h>

static sem_t permits;
static int counter;

static void *thread(void *unused)
{
	sem_wait(&permits);
	counter++; /* expect: data-race */
	sem_post(&permits);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

#ifdef FIXED
	sem_init(&permits, 0, 1);
#else
	sem_init(&permits, 0, 2);
#endif
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, thread, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	sem_destroy(&permits);
	return 0;
}
