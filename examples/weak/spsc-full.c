/* SPDX-License-Identifier: MIT */
/*
 * A ring of one writer and one reader. The store by which the reader gives the place back is
 * relaxed: nothing orders the reader's look at the item before it, and the writer overwrites the
 * item in a race.
 *
 *     npx dmtorture explore spsc-full.c --memory rc11
 *     npx dmtorture explore spsc-full.c --memory rc11 --flag -DFIXED
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#ifdef FIXED
#define ORDER memory_order_release
#else
#define ORDER memory_order_relaxed /* BUG */
#endif

static int item;	       /* a ring of one */
static atomic_uint head, tail; /* of the reader, of the writer */

static bool put(int value)
{
	unsigned int at = atomic_load_explicit(&tail, memory_order_relaxed);

	if (at != atomic_load_explicit(&head, memory_order_acquire))
		return false;
	item = value;
	atomic_store_explicit(&tail, at + 1, memory_order_release);
	return true;
}

static bool get(int *value)
{
	unsigned int at = atomic_load_explicit(&head, memory_order_relaxed);

	if (at == atomic_load_explicit(&tail, memory_order_acquire))
		return false;
	*value = item;
	atomic_store_explicit(&head, at + 1, ORDER);
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
	int value = 0;

	pthread_create(&writer, NULL, write_two, NULL);
	get(&value);
	pthread_join(writer, NULL);
	return value == 2;
}
