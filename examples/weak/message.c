/* SPDX-License-Identifier: MIT */
/*
 * A message is passed through a flag that is stored relaxed: a thread that sees the flag need not
 * see the message.
 *
 *     npx dmtorture explore message.c --memory rc11
 *     npx dmtorture explore message.c --memory rc11 --flag -DFIXED
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifdef FIXED
#define ORDER memory_order_release
#else
#define ORDER memory_order_relaxed /* BUG */
#endif

static int message;
static atomic_int ready;

static void *send(void *unused)
{
	message = 42;
	atomic_store_explicit(&ready, 1, ORDER);
	return unused;
}

int main(void)
{
	pthread_t sender;

	pthread_create(&sender, NULL, send, NULL);
	if (atomic_load_explicit(&ready, memory_order_acquire))
		assert(message == 42);
	pthread_join(sender, NULL);
	return 0;
}
