/* SPDX-License-Identifier: MIT */
/* The pointer is looked at twice; in between it is taken away. */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

static int value = 3;
static _Atomic(int *) config = &value;

static void *reader(void *unused)
{
#ifdef FIXED
	int *seen = config;

	if (seen)
		return (void *)(long)*seen;
#else
	if (config)
		return (void *)(long)*config; /* expect: crash */
#endif
	return unused;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, reader, NULL);
	config = NULL;
	pthread_join(thread, NULL);
	return 0;
}
