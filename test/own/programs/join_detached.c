/* SPDX-License-Identifier: MIT */
/* A thread that was detached cannot be joined. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int done;

static void *work(void *unused)
{
	atomic_fetch_add(&done, 1);
	return unused;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, work, NULL);
#ifndef FIXED
	pthread_detach(thread);
#endif
	pthread_join(thread, NULL); /* expect: lock-misuse */
	return 0;
}
