/* SPDX-License-Identifier: MIT */
/* It waits with a time limit, and takes the end of the time for the event. */
#include <assert.h>
#include <pthread.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static int is_ready;

static void *waiter(void *unused)
{
	struct timespec until;
	int error = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 5;
	pthread_mutex_lock(&lock);
	while (!is_ready && !error)
		error = pthread_cond_timedwait(&ready, &lock, &until);
#ifdef FIXED
	assert(is_ready || error);
#else
	assert(is_ready); /* expect: check-failed */
#endif
	pthread_mutex_unlock(&lock);
	return unused;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, waiter, NULL);
	pthread_mutex_lock(&lock);
	is_ready = 1;
	pthread_cond_signal(&ready);
	pthread_mutex_unlock(&lock);
	pthread_join(thread, NULL);
	return 0;
}
