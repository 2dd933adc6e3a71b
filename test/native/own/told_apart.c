/* SPDX-License-Identifier: MIT */
/*
 * Programs for own_traces, as generate.mjs writes them: in each, two orders lead to states that one
 * thing alone tells apart, and what it decides shows only afterwards. A search that remembers
 * states without that thing finds less than one that goes through all orders.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

uint64_t results[64];
/* By program: whether its traces can be compared. */
const char counted[] = {1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
static atomic_int turn, done, other;
static int plain;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void both(void *(*one)(void *), void *(*two)(void *), void *argument)
{
	pthread_t thread[2];

	pthread_create(&thread[0], NULL, one, argument);
	pthread_create(&thread[1], NULL, two, argument);
	pthread_join(thread[0], NULL);
	pthread_join(thread[1], NULL);
}

/* It orders nothing, so that clocks tell no order apart. */
static int my_turn(void)
{
	return atomic_fetch_add_explicit(&turn, 1, memory_order_relaxed);
}

/* --- 0: which critical section came first: clocks --- */

static void section(void)
{
	pthread_mutex_lock(&lock);
	pthread_mutex_unlock(&lock);
}

static void *writes_first(void *x)
{
	plain = 1;
	section();
	atomic_store_explicit(&done, 1, memory_order_relaxed);
	return x;
}

static void *writes_when_done(void *x)
{
	section();
	atomic_fetch_add_explicit(&other, 1, memory_order_relaxed);
	if (atomic_load_explicit(&done, memory_order_relaxed))
		plain = 2;
	return x;
}

static void clocks(void)
{
	both(writes_first, writes_when_done, NULL);
}

/* --- 1: the same by a store that releases, of two that store the same --- */

static void *releases(void *x)
{
	plain = 1;
	atomic_store_explicit(&done, 1, memory_order_release);
	return x;
}

static void *relaxes(void *x)
{
	atomic_store_explicit(&done, 1, memory_order_relaxed);
	return x;
}

static void *reads_when_done(void *x)
{
	while (!atomic_load_explicit(&done, memory_order_acquire))
		;
	results[0] = (uint64_t)plain;
	return x;
}

static void stores(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, reads_when_done, NULL);
	both(releases, relaxes, NULL);
	pthread_join(thread, NULL);
}

/* --- 2 to 6: what memory holds --- */

static void *into_memory(void *x)
{
	*(int *)x = my_turn();
	return NULL;
}

static void *takes_a_turn(void *x)
{
	my_turn();
	return x;
}

static void shows(int *where)
{
	*where = 7;
	both(into_memory, takes_a_turn, where);
	results[0] = (uint64_t)*where;
}

static void of_data(void)
{
	shows(&plain);
}

static void of_heap(void)
{
	int *where = malloc(sizeof(*where));

	shows(where);
	free(where);
}

static void of_thread(void)
{
	static _Thread_local int where;

	shows(&where);
}

static void of_stack(void)
{
	int where;

	shows(&where);
}

static void of_large_data(void)
{
	static int many[1 << 18];

	shows(&many[1 << 17]);
}

/* --- 7: whether a block was freed --- */

static void *frees_at_turn(void *x)
{
	if (!my_turn())
		free(x);
	return NULL;
}

static void freed(void)
{
	char *where = malloc(1);

	*where = 1;
	both(frees_at_turn, takes_a_turn, where);
	results[0] = (uint64_t)*where;
}

/* --- 8: errno --- */

static sem_t semaphore;

static void *posts(void *x)
{
	sem_post(&semaphore);
	return x;
}

static void *fails(void *x)
{
	errno = 0;
	sem_trywait(&semaphore);
	sem_trywait(&semaphore);
	sem_post(&semaphore);
	section();
	results[1] = errno == EAGAIN;
	return x;
}

static void numbers(void)
{
	sem_init(&semaphore, 0, 1);
	both(posts, fails, NULL);
}

/* --- 9: what a thread has under a key --- */

static pthread_key_t key;

static void *keeps_turn(void *x)
{
	pthread_setspecific(key, my_turn() ? &turn : &done);
	section();
	results[0] = pthread_getspecific(key) == &turn;
	return x;
}

static void keys(void)
{
	pthread_key_create(&key, NULL);
	both(keeps_turn, takes_a_turn, NULL);
}

/* --- 10: the time, which is of what a thread knows --- */

static void *reads_time(void *x)
{
	struct timespec now;

	section();
	atomic_fetch_add_explicit(&other, 1, memory_order_relaxed);
	clock_gettime(CLOCK_MONOTONIC, &now);
	results[0] = (uint64_t)now.tv_nsec;
	return x;
}

static void *enters_twice(void *x)
{
	section();
	section();
	return x;
}

static void times(void)
{
	both(reads_time, enters_twice, NULL);
}

/* --- 11: how many random numbers a thread has drawn --- */

static void *draws(void *x)
{
	if (my_turn())
		rand();
	section();
	results[0] = (uint64_t)rand();
	return x;
}

static void random_numbers(void)
{
	both(draws, takes_a_turn, NULL);
}

/* --- 12: what a thread returns --- */

static void *returns_turn(void *x)
{
	(void)x;
	return my_turn() ? &turn : &done;
}

static void returned(void)
{
	pthread_t thread[2];
	void *result;

	pthread_create(&thread[0], NULL, returns_turn, NULL);
	pthread_create(&thread[1], NULL, takes_a_turn, NULL);
	pthread_join(thread[1], NULL);
	pthread_join(thread[0], &result);
	results[0] = result == &turn;
}

int main(void)
{
	static void (*const programs[])(void) = {
		clocks, stores,	 of_data, of_heap, of_thread,	   of_stack, of_large_data,
		freed,	numbers, keys,	  times,   random_numbers, returned};

	programs[atoi(getenv("PROGRAM"))]();
	return 0;
}
