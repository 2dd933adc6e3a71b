/* SPDX-License-Identifier: MIT */
/* One of the threads takes the lock of something else. */
#include <pthread.h>

static pthread_mutex_t locks[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static int data;

static void *right(void *unused)
{
	pthread_mutex_lock(&locks[0]);
	data++; /* expect: data-race */
	pthread_mutex_unlock(&locks[0]);
	return unused;
}

static void *wrong(void *unused)
{
#ifdef FIXED
	pthread_mutex_t *mine = &locks[0];
#else
	pthread_mutex_t *mine = &locks[1];
#endif

	pthread_mutex_lock(mine);
	data--; /* expect: data-race */
	pthread_mutex_unlock(mine);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	pthread_create(&threads[0], NULL, right, NULL);
	pthread_create(&threads[1], NULL, wrong, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
