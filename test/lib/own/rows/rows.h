/* SPDX-License-Identifier: MIT */
/*
 * A program with its bug and the same without it, for each row of what own C may synchronise with.
 * A line that ends with "fault:" and a kind is where one is found. sync.test.ts adds main(), which
 * runs the program that getenv("PROGRAM") names.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#define THREAD(name) static void *name(void *unused)
#define PROGRAM(name) static void name(void)

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER, m2 = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_spinlock_t spin;
static pthread_barrier_t barrier;
static sem_t sem;
static mtx_t mtx;
static cnd_t cnd;
static const struct timespec never;
static atomic_int x, y;
static int plain, other, ready;

/* Two threads at once. */
static void both(void *(*f)(void *), void *(*g)(void *))
{
	pthread_t t, u;

	pthread_create(&t, NULL, f, NULL);
	pthread_create(&u, NULL, g, NULL);
	pthread_join(t, NULL);
	pthread_join(u, NULL);
}

THREAD(nothing)
{
	return unused;
}

THREAD(locks_and_unlocks)
{
	pthread_mutex_lock(&m);
	plain++;
	pthread_mutex_unlock(&m);
	return unused;
}

/* A search wants two threads that come to a point. */
THREAD(comes_to_a_point)
{
	static atomic_int points;

	atomic_fetch_add(&points, 1);
	return unused;
}

static void begin(void)
{
	pthread_t t;

	pthread_create(&t, NULL, comes_to_a_point, NULL);
	pthread_join(t, NULL);
}
