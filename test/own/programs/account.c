/* SPDX-License-Identifier: MIT */
/* Whether there is enough on the account is asked under the lock, but not when it is taken. */
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int balance = 10;

static void *withdraw(void *unused)
{
	int enough;

	pthread_mutex_lock(&lock);
	enough = balance >= 8;
#ifndef FIXED
	pthread_mutex_unlock(&lock);
	pthread_mutex_lock(&lock);
#endif
	if (enough)
		balance -= 8;
	assert(balance >= 0); /* expect: check-failed */
	pthread_mutex_unlock(&lock);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, withdraw, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
