/* SPDX-License-Identifier: MIT */
/* A thread has what is its own under a key and in its TLS: both are lost with it. options: leaks */
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t key, gone;
static _Thread_local int *mine;
static int all;

static void keep(void)
{
	mine = malloc(sizeof(*mine));	     /* expect: leak */
	pthread_setspecific(key, malloc(1)); /* expect: leak */
}

static void *work(void *unused)
{
	pthread_mutex_lock(&lock);
	all++;
	pthread_mutex_unlock(&lock);
	keep();
#ifdef FIXED
	free(mine);
#endif
	return unused;
}

/* The key is deleted while it has a value: nobody gets that any more. */
static void delete (void)
{
	pthread_key_create(&gone, free);
	pthread_setspecific(gone, malloc(2)); /* expect: leak */
#ifdef FIXED
	free(pthread_getspecific(gone));
#endif
	pthread_key_delete(gone);
}

int main(void)
{
	pthread_t threads[2];

#ifdef FIXED
	pthread_key_create(&key, free);
#else
	pthread_key_create(&key, NULL);
#endif
	pthread_setspecific(key, malloc(4));
	mine = malloc(8);
	delete ();
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, work, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return all != 2;
}
