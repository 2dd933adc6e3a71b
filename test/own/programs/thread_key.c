/* SPDX-License-Identifier: MIT */
/* The value of a thread is freed at its end, and lent to another one. */
#include <pthread.h>
#include <stdlib.h>

static pthread_key_t key;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int *lent;

static void *owner(void *unused)
{
	int *mine = malloc(sizeof(*mine));

	*mine = 1;
	pthread_setspecific(key, mine);
	pthread_mutex_lock(&lock);
	lent = mine;
	pthread_mutex_unlock(&lock);
#ifdef FIXED
	pthread_mutex_lock(&lock);
	lent = NULL;
	pthread_mutex_unlock(&lock);
#endif
	return unused;
}

int main(void)
{
	pthread_t thread;

	pthread_key_create(&key, free);
	pthread_create(&thread, NULL, owner, NULL);
	pthread_mutex_lock(&lock);
	if (lent)
		*lent = 2; /* expect: use-after-free */
	pthread_mutex_unlock(&lock);
	pthread_join(thread, NULL);
	return 0;
}
