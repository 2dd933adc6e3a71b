/* SPDX-License-Identifier: MIT */
/* Two owners of one thread: both wait for its end. fix: nothing to interleave */
#include <pthread.h>

static pthread_t worker;

static void *work(void *unused)
{
	return unused;
}

static void *other(void *unused)
{
#ifndef FIXED
	pthread_join(worker, NULL); /* expect: lock-misuse */
#endif
	return unused;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&worker, NULL, work, NULL);
	pthread_create(&thread, NULL, other, NULL);
	pthread_join(worker, NULL); /* expect: lock-misuse */
	pthread_join(thread, NULL);
	return 0;
}
