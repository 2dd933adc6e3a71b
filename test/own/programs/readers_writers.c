/* SPDX-License-Identifier: MIT */
/* Readers and a writer, with counters of their own; a reader that leaves forgets the lock. */
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int readers, writing, data, copy;

static void *reader(void *unused)
{
	pthread_mutex_lock(&lock);
	while (writing)
		pthread_cond_wait(&changed, &lock);
	readers++;
	pthread_mutex_unlock(&lock);
	assert(data == copy); /* expect: data-race */
#ifdef FIXED
	pthread_mutex_lock(&lock);
	readers--;
	pthread_mutex_unlock(&lock);
#else
	readers--; /* expect: data-race */
#endif
	pthread_cond_broadcast(&changed);
	return unused;
}

static void *writer(void *unused)
{
	pthread_mutex_lock(&lock);
	while (readers || writing)		    /* expect: data-race */
		pthread_cond_wait(&changed, &lock); /* expect: deadlock */
	writing = 1;
	pthread_mutex_unlock(&lock);
	data++; /* expect: data-race */
	copy++; /* expect: data-race */
	pthread_mutex_lock(&lock);
	writing = 0;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	pthread_create(&threads[0], NULL, reader, NULL);
	pthread_create(&threads[1], NULL, writer, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
