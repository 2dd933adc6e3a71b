/* SPDX-License-Identifier: MIT */
/* A mutex is destroyed while the other thread may still come to it. */
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int left = 2;

static void leave(void)
{
	pthread_mutex_lock(&lock); /* expect: lock-misuse */
	left--;
	pthread_mutex_unlock(&lock); /* expect: lock-misuse */
}

static void *thread(void *unused)
{
	leave();
	return unused;
}

int main(void)
{
	pthread_t other;

	pthread_create(&other, NULL, thread, NULL);
	leave();
#ifdef FIXED
	pthread_join(other, NULL);
	pthread_mutex_destroy(&lock);
#else
	pthread_mutex_destroy(&lock); /* expect: lock-misuse */
	pthread_join(other, NULL);
#endif
	return 0;
}
