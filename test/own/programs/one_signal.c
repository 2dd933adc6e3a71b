/* SPDX-License-Identifier: MIT */
/* Two wait, one is woken. */
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static int is_open;

static void *waiter(void *unused)
{
	pthread_mutex_lock(&lock);
	while (!is_open)
		pthread_cond_wait(&opened, &lock); /* expect: deadlock */
	pthread_mutex_unlock(&lock);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, waiter, NULL);
	pthread_mutex_lock(&lock);
	is_open = 1;
#ifdef FIXED
	pthread_cond_broadcast(&opened);
#else
	pthread_cond_signal(&opened);
#endif
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL); /* expect: deadlock */
	return 0;
}
