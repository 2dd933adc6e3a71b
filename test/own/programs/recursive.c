/* SPDX-License-Identifier: MIT */
/* A recursive mutex is let go of as often as it was taken, except on one way out. */
#include <pthread.h>

static pthread_mutex_t lock;
static int depth;

static void descend(int left)
{
	pthread_mutex_lock(&lock); /* expect: deadlock */
	depth++;
	if (left > 0)
		descend(left - 1);
#ifdef FIXED
	pthread_mutex_unlock(&lock);
#else
	if (left > 0)
		pthread_mutex_unlock(&lock);
#endif
}

static void *thread(void *unused)
{
	descend(1);
	return unused;
}

int main(void)
{
	pthread_t threads[2];
	pthread_mutexattr_t kind;

	pthread_mutexattr_init(&kind);
	pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&lock, &kind);
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, thread, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL); /* expect: deadlock */
	return 0;
}
