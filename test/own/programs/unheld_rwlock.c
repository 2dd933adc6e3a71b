/* SPDX-License-Identifier: MIT */
/* A reader that gave up lets go of a lock that it does not hold. */
#include <pthread.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int data;

static void *reader(void *unused)
{
	int busy = pthread_rwlock_tryrdlock(&lock);

	if (!busy)
		data = data + 0;
#ifdef FIXED
	if (!busy)
#endif
		pthread_rwlock_unlock(&lock); /* expect: lock-misuse */
	return unused;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, reader, NULL);
	pthread_rwlock_wrlock(&lock);
	data = 1;
	pthread_rwlock_unlock(&lock);
	pthread_join(thread, NULL);
	return 0;
}
