/* SPDX-License-Identifier: MIT */
/* The counter is raised whether the try succeeded or not. */
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int counter, missed;

static void *thread(void *unused)
{
#ifdef FIXED
	if (pthread_mutex_trylock(&lock))
		return unused;
	counter++;
	pthread_mutex_unlock(&lock);
#else
	int busy = pthread_mutex_trylock(&lock);

	counter++; /* expect: data-race */
	if (!busy)
		pthread_mutex_unlock(&lock);
#endif
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, thread, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return missed;
}
