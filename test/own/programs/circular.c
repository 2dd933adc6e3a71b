/* SPDX-License-Identifier: MIT */
/* A ring buffer for two producers that move its end on after they have let go of the lock. */
#include <assert.h>
#include <pthread.h>

#define SIZE 4

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int ring[SIZE], end, number[2] = {1, 2};

static void *producer(void *argument)
{
	pthread_mutex_lock(&lock);
	ring[end % SIZE] = *(int *)argument; /* expect: data-race */
#ifdef FIXED
	end++;
	pthread_mutex_unlock(&lock);
#else
	pthread_mutex_unlock(&lock);
	end++; /* expect: data-race */
#endif
	return NULL;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, producer, &number[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert(ring[0] + ring[1] == 3); /* expect: check-failed */
	return 0;
}
