/* SPDX-License-Identifier: MIT */
/*
 * A lost wake-up: the signal comes between the look at the flag and the wait.
 *
 *     npx dmtorture explore wakeup.c
 *     npx dmtorture explore wakeup.c --flag -DFIXED
 */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int ready;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void *make_ready(void *unused)
{
	pthread_mutex_lock(&lock);
	ready = 1;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	return unused;
}

static void wait_until_ready(void)
{
#ifdef FIXED
	pthread_mutex_lock(&lock);
	while (!ready)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
#else
	/* BUG: the look is outside the lock */
	if (ready)
		return;
	pthread_mutex_lock(&lock);
	pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
#endif
}

int main(void)
{
	pthread_t maker;

	pthread_create(&maker, NULL, make_ready, NULL);
	wait_until_ready();
	pthread_join(maker, NULL);
	return 0;
}
