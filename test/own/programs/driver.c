/* SPDX-License-Identifier: MIT */
/* A driver is stopped while a request begins. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int pending = 1, is_stopping, is_stopped;

static int begin(void)
{
#ifdef FIXED
	atomic_fetch_add(&pending, 1);
	if (is_stopping) {
		atomic_fetch_sub(&pending, 1);
		return 0;
	}
#else
	if (is_stopping)
		return 0;
	atomic_fetch_add(&pending, 1);
#endif
	return 1;
}

static void *request(void *unused)
{
	if (begin()) {
		assert(!is_stopped); /* expect: check-failed */
		atomic_fetch_sub(&pending, 1);
	}
	return unused;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, request, NULL);
	is_stopping = 1;
	if (atomic_fetch_sub(&pending, 1) == 1)
		is_stopped = 1;
	pthread_join(thread, NULL);
	return 0;
}
