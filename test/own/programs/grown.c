/* SPDX-License-Identifier: MIT */
/* The array moves while somebody reads from where it was. */
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int *numbers;

static void *reader(void *unused)
{
	int *at, seen;

	pthread_mutex_lock(&lock);
	at = numbers;
#ifndef FIXED
	pthread_mutex_unlock(&lock);
#endif
	seen = at[0]; /* expect: use-after-free, data-race */
#ifdef FIXED
	pthread_mutex_unlock(&lock);
#endif
	(void)seen;
	return unused;
}

int main(void)
{
	pthread_t thread;

	numbers = calloc(2, sizeof(*numbers));
	pthread_create(&thread, NULL, reader, NULL);
	pthread_mutex_lock(&lock);
	numbers = realloc(numbers, 4 * sizeof(*numbers)); /* expect: data-race */
	pthread_mutex_unlock(&lock);
	pthread_join(thread, NULL);
	free(numbers);
	return 0;
}
