/* SPDX-License-Identifier: MIT */
/* The one that goes on alone is given memory that main() frees. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static void *work(void *argument)
{
	atomic_int *count = argument;

	atomic_fetch_add(count, 1); /* expect: use-after-free */
#ifdef FIXED
	free(count);
#endif
	return NULL;
}

int main(void)
{
	pthread_t thread;
	atomic_int *count = malloc(sizeof(*count));

	*count = 0;
	pthread_create(&thread, NULL, work, count);
	pthread_detach(thread);
#ifndef FIXED
	free(count); /* expect: data-race */
#endif
	pthread_exit(NULL);
}
