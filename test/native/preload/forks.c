/* SPDX-License-Identifier: MIT */
/*
 * fork(): a mutex that is held across it goes on being held, and those that waited for it in the
 * parent are not there in the child.
 */
#define _GNU_SOURCE
#include "app.h"

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t written = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t signalled = PTHREAD_COND_INITIALIZER;
/* glibc's own rwlock goes by the number of the thread, which a fork changes. */
static int writes;
static _Atomic int waiting;
static long sum;

static void *adds(void *p)
{
	for (int i = 0; i < TURNS; i++) {
		pthread_mutex_lock(p);
		sum++;
		pthread_mutex_unlock(p);
	}
	return NULL;
}

static void *waits(void *p)
{
	(void)p;
	waiting++;
	IS(!pthread_mutex_lock(&held));
	IS(!pthread_mutex_unlock(&held));
	IS(!pthread_rwlock_wrlock(&written));
	IS(!pthread_rwlock_unlock(&written));
	return NULL;
}

static void *signals(void *p)
{
	(void)p;
	pthread_mutex_lock(&held);
	sum = -1;
	pthread_cond_signal(&signalled);
	pthread_mutex_unlock(&held);
	return NULL;
}

static void goes_on(void)
{
	pthread_t t;

	IS(!pthread_mutex_unlock(&held));
	IS(!pthread_mutex_lock(&held) && !pthread_mutex_unlock(&held));
	if (writes) {
		IS(!pthread_rwlock_unlock(&written));
		IS(!pthread_rwlock_wrlock(&written) && !pthread_rwlock_unlock(&written));
	}
	in_all(adds, &held);
	IS(sum == (long)THREADS * TURNS);
	IS(!pthread_mutex_lock(&held));
	IS(!pthread_create(&t, NULL, signals, NULL));
	while (sum != -1)
		IS(!pthread_cond_wait(&signalled, &held));
	IS(!pthread_mutex_unlock(&held));
	IS(!pthread_join(t, NULL));
}

/* Threads that wait for what this one holds, and most likely sleep by now. */
static void begin_waiters(pthread_t *t)
{
	waiting = 0;
	for (int i = 0; i < THREADS; i++)
		IS(!pthread_create(&t[i], NULL, waits, NULL));
	while (waiting < THREADS)
		sched_yield();
	usleep(5000);
}

static void join_waiters(const pthread_t *t)
{
	for (int i = 0; i < THREADS; i++)
		IS(!pthread_join(t[i], NULL));
}

/* Its own threads wait for what it has held since before it was there. */
static void has_waiters(void)
{
	pthread_t t[THREADS];

	begin_waiters(t);
	IS(!pthread_mutex_unlock(&held));
	join_waiters(t);
	IS(!pthread_mutex_lock(&held) && !pthread_mutex_unlock(&held));
}

static void alone(void)
{
	IS(!pthread_mutex_lock(&held));
	IS(child_is_right(has_waiters));
	IS(!pthread_mutex_unlock(&held));
}

static void with_waiters(int wakes)
{
	pthread_t t[THREADS];

	IS(!pthread_mutex_lock(&held));
	if (writes)
		IS(!pthread_rwlock_wrlock(&written));
	begin_waiters(t);
	if (wakes) {
		/* One that wakes in vain may ask for the lock; those in a queue have it. */
		IS(!pthread_mutex_unlock(&held) && !pthread_mutex_lock(&held));
		usleep(5000);
	}
	IS(child_is_right(goes_on));
	if (writes)
		IS(!pthread_rwlock_unlock(&written));
	IS(!pthread_mutex_unlock(&held));
	join_waiters(t);
}

struct shared {
	pthread_mutex_t m;
	long a;
};
static struct shared *shared;

static void adds_shared(void)
{
	for (int i = 0; i < TURNS; i++) {
		IS(!pthread_mutex_lock(&shared->m));
		shared->a++;
		IS(!pthread_mutex_unlock(&shared->m));
	}
}

static void across_processes(void)
{
	pthread_mutexattr_t a;
	pid_t pid;
	int status;

	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_init(&a);
	pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&shared->m, &a);
	pid = fork();
	adds_shared();
	if (!pid)
		_exit(0);
	IS(waitpid(pid, &status, 0) == pid && !status);
	IS(shared->a == 2 * TURNS);
}

int main(int argc, char **argv)
{
	writes = argc > 1 && !strcmp(argv[1], "writes");
	alarm(limit_s());
	for (int i = 0; i < 8; i++)
		alone();
	for (int i = 0; i < 8; i++)
		with_waiters(i % 2);
	across_processes();
	puts("right");
	return 0;
}
