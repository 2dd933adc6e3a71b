/* SPDX-License-Identifier: MIT */
/* A function that locks is called with the lock held. */
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int balance;

static void add(int amount)
{
	pthread_mutex_lock(&lock); /* expect: deadlock */
	balance += amount;
	pthread_mutex_unlock(&lock);
}

static void *twice(void *unused)
{
#ifdef FIXED
	add(1);
	add(1);
#else
	pthread_mutex_lock(&lock);
	if (balance > 0)
		add(1);
	pthread_mutex_unlock(&lock);
#endif
	return unused;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, twice, NULL);
	add(1);
	pthread_join(thread, NULL);
	return 0;
}
