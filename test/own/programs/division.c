/* SPDX-License-Identifier: MIT */
/* The divisor is checked, and then it is zero. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int parts = 2;

static void *divide(void *unused)
{
#ifdef FIXED
	int by = parts;

	return by ? (void *)(long)(100 / by) : unused;
#else
	return parts ? (void *)(long)(100 / parts) : unused; /* expect: crash */
#endif
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, divide, NULL);
	parts = 0;
	pthread_join(thread, NULL);
	return 0;
}
