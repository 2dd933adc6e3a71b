/* SPDX-License-Identifier: MIT */
/* A barrier is made anew while the other one may wait at it. */
#include <pthread.h>

static pthread_barrier_t barrier;

static void *thread(void *unused)
{
	pthread_barrier_wait(&barrier); /* expect: lock-misuse, deadlock, data-race */
	return unused;
}

int main(void)
{
	pthread_t other;

	pthread_barrier_init(&barrier, NULL, 2);
	pthread_create(&other, NULL, thread, NULL);
#ifndef FIXED
	pthread_barrier_destroy(&barrier);	 /* expect: lock-misuse */
	pthread_barrier_init(&barrier, NULL, 2); /* expect: lock-misuse, data-race */
#endif
	pthread_barrier_wait(&barrier);
	pthread_join(other, NULL); /* expect: deadlock */
	return 0;
}
