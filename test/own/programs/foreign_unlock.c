/* SPDX-License-Identifier: MIT */
/* A thread lets go of a mutex that another one holds. */
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int shared;

static void *holder(void *unused)
{
	pthread_mutex_lock(&lock);
	shared++;
	pthread_mutex_unlock(&lock);
	return unused;
}

static void *other(void *unused)
{
#ifdef FIXED
	pthread_mutex_lock(&lock);
#endif
	pthread_mutex_unlock(&lock); /* expect: lock-misuse */
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	pthread_create(&threads[0], NULL, holder, NULL);
	pthread_create(&threads[1], NULL, other, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
