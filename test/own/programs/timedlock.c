/* SPDX-License-Identifier: MIT */
/* A lock that was not had in time is let go of nevertheless. */
#include <pthread.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int counter;

static void *patient(void *unused)
{
	pthread_mutex_lock(&lock);
	counter++;
	pthread_mutex_unlock(&lock);
	return unused;
}

static void *hasty(void *unused)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec++;
#ifdef FIXED
	if (pthread_mutex_timedlock(&lock, &until))
		return unused;
#else
	pthread_mutex_timedlock(&lock, &until);
#endif
	pthread_mutex_unlock(&lock); /* expect: lock-misuse */
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	pthread_create(&threads[0], NULL, patient, NULL);
	pthread_create(&threads[1], NULL, hasty, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
