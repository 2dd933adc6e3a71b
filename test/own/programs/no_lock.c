/* SPDX-License-Identifier: MIT */
/* A thread asks where the lock is before anybody says so. */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(pthread_mutex_t *) lock;
static int count;

static void *counter(void *unused)
{
	pthread_mutex_t *its = lock;

	pthread_mutex_lock(its); /* expect: crash */
	count++;
	pthread_mutex_unlock(its);
	return unused;
}

int main(void)
{
	pthread_t thread;

#ifdef FIXED
	lock = &mutex;
#endif
	pthread_create(&thread, NULL, counter, NULL);
	lock = &mutex;
	pthread_mutex_lock(&mutex);
	count++;
	pthread_mutex_unlock(&mutex);
	pthread_join(thread, NULL);
	return 0;
}
