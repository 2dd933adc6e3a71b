/* SPDX-License-Identifier: MIT */
/* Each thread has an errno; a copy of it that all share is not one. */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int calls;
static int number[2] = {1, 2};

static int fail(int error)
{
	errno = error;
	atomic_fetch_add(&calls, 1);
	return -1;
}

static void *thread(void *argument)
{
	int error = *(int *)argument;

	fail(error);
#ifdef FIXED
	assert(errno == error);
#else
	static atomic_int last_error;

	last_error = errno;
	assert(last_error == error); /* expect: check-failed */
#endif
	return NULL;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, thread, &number[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
