/* SPDX-License-Identifier: MIT */
/* One of the threads ends the process by the status of what is not finished. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_int finished;

static void *worker(void *unused)
{
	atomic_fetch_add(&finished, 1);
	return unused;
}

static void *closer(void *argument)
{
#ifdef FIXED
	pthread_join(*(pthread_t *)argument, NULL);
#else
	(void)argument;
#endif
	assert(finished == 1); /* expect: check-failed */
	exit(0);
}

int main(void)
{
	pthread_t threads[2];

	pthread_create(&threads[0], NULL, worker, NULL);
	pthread_create(&threads[1], NULL, closer, &threads[0]);
	pthread_join(threads[1], NULL);
	return 0;
}
