/* SPDX-License-Identifier: MIT */
/* volatile orders nothing. */
#include <pthread.h>
#include <stdatomic.h>

#ifdef FIXED
static atomic_int is_ready;
#else
static volatile int is_ready;
#endif
static int data;

static void *reader(void *unused)
{
	if (is_ready)			   /* expect: data-race */
		return (void *)(long)data; /* expect: data-race */
	return unused;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, reader, NULL);
	data = 1;     /* expect: data-race */
	is_ready = 1; /* expect: data-race */
	pthread_join(thread, NULL);
	return 0;
}
