/* SPDX-License-Identifier: MIT */
/* What the programs of this folder share: they know pthread alone, and end with 0 if all is right.
 */
#ifndef DMTORTURE_TEST_PRELOAD_APP_H
#define DMTORTURE_TEST_PRELOAD_APP_H

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define THREADS 4
#ifndef TURNS
#define TURNS 1200 /* divisible by 24 */
#endif
#define LONG_MS 600000

#define IS(e)                                                                                      \
	do {                                                                                       \
		if (!(e)) {                                                                        \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #e);                    \
			_exit(1);                                                                  \
		}                                                                                  \
	} while (0)

/*
 * Seconds after which a program that hangs is ended. Beside busy processes a lock that serves in
 * order takes a minute without hanging.
 */
static inline unsigned int limit_s(void)
{
	const char *given = getenv("DMTORTURE_LIMIT_S");

	return given ? (unsigned int)atoi(given) : 600;
}

static inline struct timespec in_ms(clockid_t clock, long ms)
{
	struct timespec t;

	clock_gettime(clock, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static inline int is_past(clockid_t clock, const struct timespec *end)
{
	struct timespec t = in_ms(clock, 0);

	return t.tv_sec > end->tv_sec || (t.tv_sec == end->tv_sec && t.tv_nsec >= end->tv_nsec);
}

static inline void in_all(void *(*f)(void *), void *p)
{
	pthread_t t[THREADS];

	for (int i = 0; i < THREADS; i++)
		IS(!pthread_create(&t[i], NULL, f, p));
	for (int i = 0; i < THREADS; i++)
		IS(!pthread_join(t[i], NULL));
}

static inline long in_one(void *(*f)(void *), void *p)
{
	pthread_t t;
	void *result;

	IS(!pthread_create(&t, NULL, f, p));
	IS(!pthread_join(t, &result));
	return (long)result;
}

static inline void *tries(void *p)
{
	return (void *)(long)pthread_mutex_trylock(p);
}

static inline void *unlocks(void *p)
{
	return (void *)(long)pthread_mutex_unlock(p);
}

/* Does @do of the child of a fork end with 0? */
static inline int child_is_right(void (*does)(void))
{
	pid_t pid = fork();
	int status;

	IS(pid >= 0);
	if (!pid) {
		alarm(limit_s());
		does();
		_exit(0);
	}
	return waitpid(pid, &status, 0) == pid && !status;
}

#endif
