/* SPDX-License-Identifier: MIT */
/*
 * A deadlock by upgrade: a thread that holds a rwlock for reading asks for it for writing, and so
 * waits for itself. It shows only in the order in which the cache is still empty.
 *
 *     npx dmtorture explore upgrade.c
 *     npx dmtorture explore upgrade.c --flag -DFIXED
 */
#define _POSIX_C_SOURCE 200809L /* rwlocks, with -std=c11 */
#include <pthread.h>

static int cache; /* 0: nothing yet */
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static void fill(void)
{
	pthread_rwlock_wrlock(&lock);
	if (!cache)
		cache = 42;
	pthread_rwlock_unlock(&lock);
}

static int look_up(void)
{
	int found;

	pthread_rwlock_rdlock(&lock);
	found = cache;
#ifdef FIXED
	pthread_rwlock_unlock(&lock);
	if (!found) {
		fill();
		return look_up();
	}
#else
	if (!found) {
		/* BUG: the lock is still held for reading */
		fill();
		found = cache;
	}
	pthread_rwlock_unlock(&lock);
#endif
	return found;
}

static void *warm_up(void *unused)
{
	fill();
	return unused;
}

int main(void)
{
	pthread_t warmer;
	int found;

	pthread_create(&warmer, NULL, warm_up, NULL);
	found = look_up();
	pthread_join(warmer, NULL);
	return found != 42;
}
