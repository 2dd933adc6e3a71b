/* SPDX-License-Identifier: MIT */
/* Work is awaited until a time, and taken as done when that is over. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

static atomic_int done;

static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void *worker(void *unused)
{
	done = 1;
	return unused;
}

int main(void)
{
	pthread_t thread;
	long until = now() + 3;

	pthread_create(&thread, NULL, worker, NULL);
	while (!done && now() < until)
		;
#ifdef FIXED
	pthread_join(thread, NULL);
	assert(done);
#else
	assert(done); /* expect: check-failed */
	pthread_join(thread, NULL);
#endif
	return 0;
}
