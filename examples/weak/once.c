/* SPDX-License-Identifier: MIT */
/*
 * Double-checked locking whose first look is relaxed: it may see that the thing is made, and not
 * how.
 *
 *     npx dmtorture explore once.c --memory rc11
 *     npx dmtorture explore once.c --memory rc11 --flag -DFIXED
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifdef FIXED
#define ORDER memory_order_acquire
#else
#define ORDER memory_order_relaxed /* BUG */
#endif

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int made;
static int thing;

static void make(void)
{
	if (atomic_load_explicit(&made, ORDER))
		return;
	pthread_mutex_lock(&lock);
	if (!atomic_load_explicit(&made, memory_order_relaxed)) {
		thing = 42;
		atomic_store_explicit(&made, 1, memory_order_release);
	}
	pthread_mutex_unlock(&lock);
}

static void *use(void *unused)
{
	make();
	assert(thing == 42);
	return unused;
}

int main(void)
{
	pthread_t other;

	pthread_create(&other, NULL, use, NULL);
	use(NULL);
	pthread_join(other, NULL);
	return 0;
}
