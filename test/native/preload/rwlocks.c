/* SPDX-License-Identifier: MIT */
/* Reader-writer locks: writers exclude all, readers come twice, nobody sleeps for ever. */
#define _GNU_SOURCE
#include "app.h"

struct both {
	pthread_rwlock_t l;
	long a, b;
	_Atomic long seen;
};

static void write_lock(struct both *s, int i)
{
	struct timespec t = in_ms(CLOCK_REALTIME, LONG_MS);
	int r;

	if (i % 3 == 0)
		IS(!pthread_rwlock_wrlock(&s->l));
	else if (i % 3 == 1)
		IS(!pthread_rwlock_timedwrlock(&s->l, &t));
	else
		while ((r = pthread_rwlock_trywrlock(&s->l))) {
			IS(r == EBUSY);
			sched_yield();
		}
}

static void read_twice(struct both *s, int i)
{
	struct timespec t = in_ms(CLOCK_MONOTONIC, LONG_MS);

	if (i % 2)
		IS(!pthread_rwlock_rdlock(&s->l));
	else
		IS(!pthread_rwlock_clockrdlock(&s->l, CLOCK_MONOTONIC, &t));
	sched_yield();
	/* A writer that waits meanwhile does not come between. */
	IS(!pthread_rwlock_rdlock(&s->l));
	IS(s->a == s->b);
	s->seen++;
	IS(!pthread_rwlock_unlock(&s->l));
}

static void *reads_writes(void *p)
{
	struct both *s = p;

	for (int i = 0; i < TURNS; i++) {
		if (i % 8 == 0) {
			write_lock(s, i);
			s->a++;
			if (i % 64 == 0)
				sched_yield();
			s->b++;
		} else {
			read_twice(s, i);
		}
		IS(!pthread_rwlock_unlock(&s->l));
	}
	return NULL;
}

static void *sees_a_writer(void *p)
{
	struct timespec soon = in_ms(CLOCK_REALTIME, 5);

	IS(pthread_rwlock_tryrdlock(p) == EBUSY);
	IS(pthread_rwlock_trywrlock(p) == EBUSY);
	IS(pthread_rwlock_timedrdlock(p, &soon) == ETIMEDOUT);
	IS(pthread_rwlock_timedwrlock(p, &soon) == ETIMEDOUT);
	return NULL;
}

static void errors(void)
{
	pthread_rwlock_t l = PTHREAD_RWLOCK_INITIALIZER;

	IS(!pthread_rwlock_wrlock(&l));
	IS(pthread_rwlock_rdlock(&l) == EDEADLK);
	IS(pthread_rwlock_wrlock(&l) == EDEADLK);
	in_one(sees_a_writer, &l);
	IS(!pthread_rwlock_unlock(&l));
	IS(!pthread_rwlock_rdlock(&l));
	IS(pthread_rwlock_trywrlock(&l) == EBUSY);
	IS(!pthread_rwlock_tryrdlock(&l));
	IS(!pthread_rwlock_unlock(&l) && !pthread_rwlock_unlock(&l));
	IS(!pthread_rwlock_trywrlock(&l));
	IS(!pthread_rwlock_unlock(&l));
	IS(!pthread_rwlock_destroy(&l));
}

/* One that prefers writers: a reader that comes while one waits has to wait, too. */
static void writers_first(void)
{
	pthread_rwlockattr_t a;
	struct both s = {0};

	pthread_rwlockattr_init(&a);
	pthread_rwlockattr_setkind_np(&a, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	IS(!pthread_rwlock_init(&s.l, &a));
	IS(!pthread_rwlock_wrlock(&s.l));
	in_one(sees_a_writer, &s.l);
	IS(!pthread_rwlock_unlock(&s.l));
	IS(!pthread_rwlock_destroy(&s.l));
}

int main(void)
{
	static struct both s = {.l = PTHREAD_RWLOCK_INITIALIZER};

	alarm(limit_s());
	in_all(reads_writes, &s);
	IS(s.a == s.b && s.a == THREADS * ((TURNS + 7) / 8));
	errors();
	writers_first();
	puts("right");
	return 0;
}
