/* SPDX-License-Identifier: MIT */
/* Mutexes of every kind, taken in every way: sums come out, and errors are those of libc. */
#define _GNU_SOURCE
#include "app.h"

enum way { BY_LOCK, BY_TRYLOCK, BY_TIMEDLOCK, BY_CLOCKLOCK, WAYS };

struct sum {
	pthread_mutex_t m;
	long a, b;
	int deep;
	enum way way;
};

static void take(struct sum *s)
{
	struct timespec real = in_ms(CLOCK_REALTIME, LONG_MS),
			mono = in_ms(CLOCK_MONOTONIC, LONG_MS);
	int r;

	if (s->way == BY_LOCK)
		IS(!pthread_mutex_lock(&s->m));
	else if (s->way == BY_TIMEDLOCK)
		IS(!pthread_mutex_timedlock(&s->m, &real));
	else if (s->way == BY_CLOCKLOCK)
		IS(!pthread_mutex_clocklock(&s->m, CLOCK_MONOTONIC, &mono));
	else
		while ((r = pthread_mutex_trylock(&s->m))) {
			IS(r == EBUSY);
			sched_yield();
		}
}

static void *adds(void *p)
{
	struct sum *s = p;

	for (int i = 0; i < TURNS; i++) {
		errno = 77;
		take(s);
		for (int d = 0; d < s->deep; d++)
			IS(!pthread_mutex_lock(&s->m));
		s->a++;
		s->b += s->a & 1;
		if (i % 256 == 0)
			sched_yield();
		for (int d = 0; d < s->deep; d++)
			IS(!pthread_mutex_unlock(&s->m));
		IS(!pthread_mutex_unlock(&s->m));
		IS(errno == 77);
	}
	return NULL;
}

static void kind(int type, int robust, int protocol, int shared)
{
	for (enum way way = 0; way < WAYS; way++) {
		struct sum *s = malloc(sizeof(*s));
		pthread_mutexattr_t a;

		memset(s, 0x5a, sizeof(*s));
		s->a = s->b = 0;
		s->way = way;
		s->deep = type == PTHREAD_MUTEX_RECURSIVE ? 3 : 0;
		pthread_mutexattr_init(&a);
		IS(!pthread_mutexattr_settype(&a, type));
		IS(!pthread_mutexattr_setrobust(&a, robust));
		IS(!pthread_mutexattr_setprotocol(&a, protocol));
		IS(!pthread_mutexattr_setpshared(&a, shared));
		IS(!pthread_mutex_init(&s->m, &a));
		/* A mutex that inherits priority has no lock by another clock. */
		if (!protocol || way != BY_CLOCKLOCK) {
			in_all(adds, s);
			IS(s->a == (long)THREADS * TURNS && s->b == (long)THREADS * TURNS / 2);
		}
		IS(!pthread_mutex_lock(&s->m));
		/* glibc lets a robust one go. */
		if (!robust)
			IS(pthread_mutex_destroy(&s->m) == EBUSY);
		IS(!pthread_mutex_unlock(&s->m));
		IS(!pthread_mutex_destroy(&s->m));
		free(s);
	}
}

static pthread_mutex_t plain = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static pthread_mutex_t checking = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static pthread_mutex_t adaptive = PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP;

static void *waits_in_vain(void *p)
{
	struct timespec real = in_ms(CLOCK_REALTIME, 5), mono = in_ms(CLOCK_MONOTONIC, 5);
	struct timespec wrong = {.tv_nsec = -1};

	IS(pthread_mutex_timedlock(p, &real) == ETIMEDOUT);
	IS(pthread_mutex_clocklock(p, CLOCK_MONOTONIC, &mono) == ETIMEDOUT);
	IS(pthread_mutex_timedlock(p, &wrong) == EINVAL);
	return NULL;
}

static void held_by_another(void)
{
	pthread_mutex_t *each[] = {&plain, &recursive, &checking, &adaptive};

	for (int i = 0; i < 4; i++) {
		IS(!pthread_mutex_lock(each[i]));
		IS(in_one(tries, each[i]) == EBUSY);
		in_one(waits_in_vain, each[i]);
		IS(!pthread_mutex_unlock(each[i]));
	}
	/* A normal one may, on Linux, be unlocked by another thread. */
	IS(!pthread_mutex_lock(&plain));
	IS(!in_one(unlocks, &plain));
	IS(!pthread_mutex_lock(&plain));
	IS(!pthread_mutex_unlock(&plain));
}

static void held_by_itself(void)
{
	struct timespec soon = in_ms(CLOCK_REALTIME, 5);

	IS(!pthread_mutex_lock(&checking));
	IS(pthread_mutex_lock(&checking) == EDEADLK);
	IS(pthread_mutex_trylock(&checking) == EBUSY);
	IS(pthread_mutex_timedlock(&checking, &soon) == EDEADLK);
	IS(in_one(unlocks, &checking) == EPERM);
	IS(!pthread_mutex_unlock(&checking));
	IS(pthread_mutex_unlock(&checking) == EPERM);
	IS(!pthread_mutex_lock(&recursive));
	IS(!pthread_mutex_trylock(&recursive));
	IS(in_one(unlocks, &recursive) == EPERM);
	IS(!pthread_mutex_unlock(&recursive));
	IS(in_one(tries, &recursive) == EBUSY);
	IS(!pthread_mutex_unlock(&recursive));
	IS(pthread_mutex_unlock(&recursive) == EPERM);
}

static pthread_mutex_t robust;

static void *dies(void *p)
{
	(void)p;
	pthread_mutex_lock(&robust);
	return NULL;
}

static void owner_dies(void)
{
	pthread_mutexattr_t a;

	pthread_mutexattr_init(&a);
	pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
	IS(!pthread_mutex_init(&robust, &a));
	in_one(dies, NULL);
	IS(pthread_mutex_lock(&robust) == EOWNERDEAD);
	IS(!pthread_mutex_consistent(&robust));
	IS(!pthread_mutex_unlock(&robust));
	IS(!pthread_mutex_destroy(&robust));
}

#define MANY 70
static pthread_mutex_t many[MANY];
static long counts[MANY];

static _Atomic int came;

/* One by one, so that there is a waiter behind each that another thread holds. */
static void *takes_the_last(void)
{
	for (int i = 0; i < 100; i++)
		for (int j = MANY / 2; j < MANY; j++) {
			pthread_mutex_lock(&many[j]);
			counts[j]++;
			pthread_mutex_unlock(&many[j]);
		}
	return NULL;
}

/* Held at once, more than a thread has nodes at first, and given back in another order. */
static void *takes_many(void *p)
{
	if (came++ % 2)
		return takes_the_last();
	for (int i = 0; i < 100; i++) {
		for (int j = 0; j < MANY; j++) {
			pthread_mutex_lock(&many[j]);
			counts[j]++;
		}
		sched_yield();
		for (int j = 0; j < MANY; j += 2)
			pthread_mutex_unlock(&many[j]);
		for (int j = 1; j < MANY; j += 2)
			pthread_mutex_unlock(&many[j]);
	}
	return p;
}

struct object {
	pthread_mutex_t m;
	int users;
};

/* Freed by the last: an unlock that touches it afterwards writes into memory that is not its own.
 */
static void *lets_go(void *p)
{
	struct object *o = p;
	int left;

	pthread_mutex_lock(&o->m);
	left = --o->users;
	pthread_mutex_unlock(&o->m);
	if (!left) {
		IS(!pthread_mutex_destroy(&o->m));
		munmap(o, 4096);
	}
	return NULL;
}

static void freed(void)
{
	for (int i = 0; i < 50; i++) {
		struct object *o = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		pthread_mutex_init(&o->m, NULL);
		o->users = THREADS;
		in_all(lets_go, o);
	}
}

int main(void)
{
	int types[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_ERRORCHECK,
		       PTHREAD_MUTEX_ADAPTIVE_NP};

	alarm(limit_s());
	for (int i = 0; i < 4; i++)
		kind(types[i], PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE, PTHREAD_PROCESS_PRIVATE);
	kind(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE,
	     PTHREAD_PROCESS_PRIVATE);
	kind(PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_INHERIT,
	     PTHREAD_PROCESS_PRIVATE);
	kind(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE,
	     PTHREAD_PROCESS_SHARED);
	held_by_another();
	held_by_itself();
	owner_dies();
	in_all(takes_many, NULL);
	for (int j = 0; j < MANY; j++)
		IS(counts[j] == (j < MANY / 2 ? THREADS / 2 : THREADS) * 100);
	freed();
	puts("right");
	return 0;
}
