/* SPDX-License-Identifier: MIT */
/*
 * A pointer is published as RCU does it, and the reader loads it relaxed: C11 knows no order by
 * what depends on a value, so the fields behind the pointer are read in a race. No CPU that is
 * built today does that; a compiler may.
 *
 *     npx dmtorture explore publish.c --memory rc11
 *     npx dmtorture explore publish.c --memory rc11 --flag -DFIXED
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#ifdef FIXED
#define ORDER memory_order_acquire
#else
#define ORDER memory_order_relaxed /* BUG */
#endif

struct config {
	int answer;
};

static struct config config;
static _Atomic(struct config *) current;

static void *publish(void *unused)
{
	config.answer = 42;
	atomic_store_explicit(&current, &config, memory_order_release);
	return unused;
}

int main(void)
{
	struct config *seen;
	pthread_t publisher;

	pthread_create(&publisher, NULL, publish, NULL);
	seen = atomic_load_explicit(&current, ORDER);
	if (seen)
		assert(seen->answer == 42);
	pthread_join(publisher, NULL);
	return 0;
}
