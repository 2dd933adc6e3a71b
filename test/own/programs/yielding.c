/* SPDX-License-Identifier: MIT */
/* Yielding orders nothing: the flag is an ordinary int. */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#ifdef FIXED
static atomic_int is_done;
#else
static int is_done;
#endif
static int result;

static void *worker(void *unused)
{
	result = 42; /* expect: data-race */
	is_done = 1; /* expect: data-race */
	return unused;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, worker, NULL);
	while (!is_done) /* expect: data-race */
		sched_yield();
	assert(result == 42); /* expect: data-race */
	pthread_join(thread, NULL);
	return 0;
}
