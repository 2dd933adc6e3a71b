/* SPDX-License-Identifier: MIT */
/* Whether something is on the stack is known before the lock is taken. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int top = 1;
static int items[2];

static void *pop(void *unused)
{
#ifndef FIXED
	if (top == 0)
		return unused;
#endif
	pthread_mutex_lock(&lock);
#ifdef FIXED
	if (top == 0) {
		pthread_mutex_unlock(&lock);
		return unused;
	}
#endif
	top--;
	assert(top >= 0); /* expect: check-failed */
	items[top] = 0;
	pthread_mutex_unlock(&lock);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, pop, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
