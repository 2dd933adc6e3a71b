/* SPDX-License-Identifier: MIT */
/* Two fields of one word, each under a lock of its own. */
#include <pthread.h>

static struct {
	unsigned int a : 4;
#ifdef FIXED
	unsigned int : 0;
#endif
	unsigned int b : 4;
} flags;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER, lock_b = PTHREAD_MUTEX_INITIALIZER;

static void *set_a(void *unused)
{
	pthread_mutex_lock(&lock_a);
	flags.a = 1; /* expect: data-race */
	pthread_mutex_unlock(&lock_a);
	return unused;
}

static void *set_b(void *unused)
{
	pthread_mutex_lock(&lock_b);
	flags.b = 1; /* expect: data-race */
	pthread_mutex_unlock(&lock_b);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	pthread_create(&threads[0], NULL, set_a, NULL);
	pthread_create(&threads[1], NULL, set_b, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
