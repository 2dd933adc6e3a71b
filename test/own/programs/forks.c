/* SPDX-License-Identifier: MIT */
/* Three philosophers; each takes the left fork first. */
#include <pthread.h>
#include <semaphore.h>

#define SEATS 3

static sem_t fork[SEATS];
static int seat[SEATS];

static void *philosopher(void *argument)
{
	int left = *(int *)argument, right = (left + 1) % SEATS;

#ifdef FIXED
	if (right < left) {
		right = left;
		left = 0;
	}
#endif
	sem_wait(&fork[left]);
	sem_wait(&fork[right]); /* expect: deadlock */
	sem_post(&fork[right]);
	sem_post(&fork[left]);
	return NULL;
}

int main(void)
{
	pthread_t threads[SEATS];

	for (int i = 0; i < SEATS; i++) {
		seat[i] = i;
		sem_init(&fork[i], 0, 1);
	}
	for (int i = 0; i < SEATS; i++)
		pthread_create(&threads[i], NULL, philosopher, &seat[i]);
	for (int i = 0; i < SEATS; i++)
		pthread_join(threads[i], NULL); /* expect: deadlock */
	return 0;
}
