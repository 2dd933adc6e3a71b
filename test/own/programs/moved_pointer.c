/* SPDX-License-Identifier: MIT */
/* The pointer that is freed is not the one that was allocated: another thread moved it on. */
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *block, *at;

static void *reader(void *unused)
{
	pthread_mutex_lock(&lock);
	if (*at)
		at++;
	pthread_mutex_unlock(&lock);
	return unused;
}

int main(void)
{
	pthread_t thread;

	block = at = calloc(1, 16);
	block[0] = 'a';
	pthread_create(&thread, NULL, reader, NULL);
	pthread_mutex_lock(&lock);
#ifndef FIXED
	free(at); /* expect: bad-free */
	at = "";
#endif
	pthread_mutex_unlock(&lock);
	pthread_join(thread, NULL);
#ifdef FIXED
	free(block);
#endif
	return 0;
}
