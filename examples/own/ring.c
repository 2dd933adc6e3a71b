/* SPDX-License-Identifier: MIT */
/*
 * A ring buffer for one producer and one consumer that lacks a release: nothing orders the item
 * before the tail that announces it.
 *
 *     npx dmtorture explore ring.c
 *     npx dmtorture explore ring.c --flag -DFIXED
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#define SIZE 2

#ifdef FIXED
#define PUBLISH memory_order_release
#else
#define PUBLISH memory_order_relaxed /* BUG: orders nothing */
#endif

static int ring[SIZE];
static atomic_uint head, tail;

static int put(int item)
{
	unsigned int at = atomic_load_explicit(&tail, memory_order_relaxed);

	if (at - atomic_load_explicit(&head, memory_order_acquire) == SIZE)
		return 0;
	ring[at % SIZE] = item;
	atomic_store_explicit(&tail, at + 1, PUBLISH);
	return 1;
}

static int get(int *item)
{
	unsigned int at = atomic_load_explicit(&head, memory_order_relaxed);

	if (at == atomic_load_explicit(&tail, memory_order_acquire))
		return 0;
	*item = ring[at % SIZE];
	atomic_store_explicit(&head, at + 1, memory_order_release);
	return 1;
}

static void *produce(void *unused)
{
	for (int item = 1; item <= 3; item++)
		put(item);
	return unused;
}

int main(void)
{
	pthread_t producer;
	int item, before = 0;

	pthread_create(&producer, NULL, produce, NULL);
	for (int tries = 0; tries < 3; tries++)
		if (get(&item)) {
			assert(item > before);
			before = item;
		}
	pthread_join(producer, NULL);
	return 0;
}
