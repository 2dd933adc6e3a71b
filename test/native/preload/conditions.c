/* SPDX-License-Identifier: MIT */
/* Conditions: nothing is lost, in none of the ways to wait, and a cancelled wait has the mutex. */
#define _GNU_SOURCE
#include "app.h"

#define PLACES 8
#define WATCHED_MS 2000

struct queue {
	pthread_mutex_t m;
	pthread_cond_t some, room;
	long in[PLACES];
	int n, way;
};

static _Atomic long total;

static void queue_wait(struct queue *q, pthread_cond_t *c)
{
	struct timespec real = in_ms(CLOCK_REALTIME, LONG_MS),
			mono = in_ms(CLOCK_MONOTONIC, LONG_MS);

	if (q->way == 0)
		IS(!pthread_cond_wait(c, &q->m));
	else if (q->way == 1)
		IS(!pthread_cond_timedwait(c, &q->m, &real));
	else
		IS(!pthread_cond_clockwait(c, &q->m, CLOCK_MONOTONIC, &mono));
}

static void *produces(void *p)
{
	struct queue *q = p;

	for (int i = 1; i <= TURNS; i++) {
		IS(!pthread_mutex_lock(&q->m));
		while (q->n == PLACES)
			queue_wait(q, &q->room);
		q->in[q->n++] = i;
		if (i & 1)
			IS(!pthread_cond_signal(&q->some));
		IS(!pthread_mutex_unlock(&q->m));
		if (!(i & 1))
			IS(!pthread_cond_signal(&q->some));
	}
	return NULL;
}

static void *consumes(void *p)
{
	struct queue *q = p;

	for (int i = 0; i < TURNS; i++) {
		IS(!pthread_mutex_lock(&q->m));
		while (!q->n)
			queue_wait(q, &q->some);
		total += q->in[--q->n];
		IS(!pthread_mutex_unlock(&q->m));
		IS(!pthread_cond_signal(&q->room));
	}
	return NULL;
}

static void queues(int type)
{
	for (int way = 0; way < 3; way++) {
		struct queue q = {.way = way};
		pthread_mutexattr_t a;
		pthread_t t[THREADS];

		pthread_mutexattr_init(&a);
		pthread_mutexattr_settype(&a, type);
		pthread_mutex_init(&q.m, &a);
		pthread_cond_init(&q.some, NULL);
		pthread_cond_init(&q.room, NULL);
		total = 0;
		for (int i = 0; i < THREADS; i++)
			IS(!pthread_create(&t[i], NULL, i & 1 ? produces : consumes, &q));
		for (int i = 0; i < THREADS; i++)
			IS(!pthread_join(t[i], NULL));
		IS(total == THREADS / 2L * TURNS * (TURNS + 1) / 2);
		IS(!pthread_cond_destroy(&q.some) && !pthread_cond_destroy(&q.room));
		IS(!pthread_mutex_destroy(&q.m));
	}
}

static pthread_mutex_t plain = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t checking = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;

static void timeouts(void)
{
	pthread_cond_t c = PTHREAD_COND_INITIALIZER;
	struct timespec t = in_ms(CLOCK_REALTIME, 5);

	IS(!pthread_mutex_lock(&plain));
	IS(pthread_cond_timedwait(&c, &plain, &t) == ETIMEDOUT);
	IS(in_one(tries, &plain) == EBUSY);
	IS(!pthread_mutex_unlock(&plain));
	IS(pthread_cond_wait(&c, &checking) == EPERM);
	IS(!pthread_cond_destroy(&c));
}

/* One signal a round, sent by the thread that changed the turn: a lost one hangs. */
struct ping {
	pthread_mutex_t m;
	pthread_cond_t c[2];
	_Atomic int turn;
};

static void *pings(void *p, int me)
{
	struct ping *g = p;

	for (int i = 0; i < 10 * TURNS; i++) {
		pthread_mutex_lock(&g->m);
		while (g->turn != me)
			pthread_cond_wait(&g->c[me], &g->m);
		g->turn = !me;
		pthread_mutex_unlock(&g->m);
		pthread_cond_signal(&g->c[!me]);
	}
	return NULL;
}

static void *ping_first(void *p)
{
	return pings(p, 0);
}

static void *ping_second(void *p)
{
	return pings(p, 1);
}

static void ping_pong(void)
{
	struct ping g = {.m = PTHREAD_MUTEX_INITIALIZER,
			 .c = {PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER}};
	pthread_t first, second;

	IS(!pthread_create(&first, NULL, ping_first, &g));
	IS(!pthread_create(&second, NULL, ping_second, &g));
	IS(!pthread_join(first, NULL) && !pthread_join(second, NULL));
}

/*
 * A thread that spins on the mutex has it as soon as the waiter lets go, and signals at once: what
 * comes between a waiter's letting go and its being in the list is lost. Where the two share a CPU,
 * a lock that yields before it sleeps waits a time slice for each try, so the rounds end in time.
 */
struct watched {
	pthread_mutex_t m;
	pthread_cond_t c;
	int asks;
	_Atomic int over;
};

static void *answers(void *p)
{
	struct watched *w = p;

	while (!w->over) {
		while (pthread_mutex_trylock(&w->m))
			;
		if (w->asks) {
			w->asks = 0;
			pthread_cond_signal(&w->c);
		}
		pthread_mutex_unlock(&w->m);
	}
	return NULL;
}

static void watched(void)
{
	struct watched w = {.m = PTHREAD_MUTEX_INITIALIZER, .c = PTHREAD_COND_INITIALIZER};
	struct timespec end = in_ms(CLOCK_MONOTONIC, WATCHED_MS);
	pthread_t t;

	IS(!pthread_create(&t, NULL, answers, &w));
	for (int i = 0; i < 10 * TURNS && !is_past(CLOCK_MONOTONIC, &end); i++) {
		pthread_mutex_lock(&w.m);
		w.asks = 1;
		while (w.asks)
			pthread_cond_wait(&w.c, &w.m);
		pthread_mutex_unlock(&w.m);
	}
	w.over = 1;
	IS(!pthread_join(t, NULL));
}

struct barrier {
	pthread_mutex_t m;
	pthread_cond_t c;
	int here;
	long round;
};

static void *rounds(void *p)
{
	struct barrier *b = p;

	for (int i = 0; i < 300; i++) {
		long round;

		pthread_mutex_lock(&b->m);
		round = b->round;
		if (++b->here == THREADS) {
			b->here = 0;
			b->round++;
			pthread_cond_broadcast(&b->c);
		} else {
			while (b->round == round)
				pthread_cond_wait(&b->c, &b->m);
		}
		pthread_mutex_unlock(&b->m);
	}
	return NULL;
}

static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static int cleaned;

static void cleans(void *p)
{
	cleaned++;
	IS(!pthread_mutex_unlock(p));
}

static void *is_cancelled(void *p)
{
	pthread_mutex_lock(&checking);
	pthread_cleanup_push(cleans, &checking);
	*(_Atomic int *)p = 1;
	for (;;)
		pthread_cond_wait(&never, &checking);
	pthread_cleanup_pop(1);
	return NULL;
}

static void cancelled(void)
{
	_Atomic int there = 0;
	pthread_t t;
	void *r;

	IS(!pthread_create(&t, NULL, is_cancelled, &there));
	while (!there)
		sched_yield();
	pthread_mutex_lock(&checking);
	pthread_mutex_unlock(&checking);
	pthread_cancel(t);
	IS(!pthread_join(t, &r) && r == PTHREAD_CANCELED);
	IS(cleaned == 1);
	cleaned = 0;
	IS(!pthread_mutex_trylock(&checking));
	IS(!pthread_mutex_unlock(&checking));
	IS(!pthread_cond_signal(&never));
}

int main(void)
{
	struct barrier b = {.m = PTHREAD_MUTEX_INITIALIZER, .c = PTHREAD_COND_INITIALIZER};
	int types[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_ERRORCHECK,
		       PTHREAD_MUTEX_ADAPTIVE_NP};

	alarm(limit_s());
	for (int i = 0; i < 4; i++)
		queues(types[i]);
	timeouts();
	ping_pong();
	watched();
	in_all(rounds, &b);
	IS(b.round == 300);
	for (int i = 0; i < 20; i++)
		cancelled();
	puts("right");
	return 0;
}
