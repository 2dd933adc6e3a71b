/* SPDX-License-Identifier: MIT */
/*
 * A ring of one writer and one reader. The writer stores the item, then the place of the next one,
 * relaxed: the reader sees the place before the item.
 *
 *     npx dmtorture explore spsc.c --memory rc11
 *     npx dmtorture explore spsc.c --memory rc11 --flag -DFIXED
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#ifdef FIXED
#define ORDER memory_order_release
#else
#define ORDER memory_order_relaxed /* BUG */
#endif

#define SIZE 2

static int item[SIZE];
static atomic_uint head, tail; /* of the reader, of the writer */

static bool put(int value)
{
	unsigned int at = atomic_load_explicit(&tail, memory_order_relaxed);

	if (at - atomic_load_explicit(&head, memory_order_acquire) == SIZE)
		return false;
	item[at % SIZE] = value;
	atomic_store_explicit(&tail, at + 1, ORDER);
	return true;
}

static bool get(int *value)
{
	unsigned int at = atomic_load_explicit(&head, memory_order_relaxed);

	if (at == atomic_load_explicit(&tail, memory_order_acquire))
		return false;
	*value = item[at % SIZE];
	atomic_store_explicit(&head, at + 1, memory_order_release);
	return true;
}

static void *write_two(void *unused)
{
	put(1);
	put(2);
	return unused;
}

int main(void)
{
	pthread_t writer;
	int value;

	pthread_create(&writer, NULL, write_two, NULL);
	if (get(&value))
		assert(value == 1);
	pthread_join(writer, NULL);
	return 0;
}
