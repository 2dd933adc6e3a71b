/* SPDX-License-Identifier: MIT */
#include "rows.h"

THREAD(publishes_relaxed)
{
	plain = 1;
	atomic_store_explicit(&x, 1, memory_order_relaxed);
	return unused;
}

THREAD(publishes)
{
	plain = 1;
	atomic_store_explicit(&x, 1, memory_order_release);
	return unused;
}

THREAD(reads_published)
{
	if (atomic_load_explicit(&x, memory_order_acquire))
		assert(plain); /* fault: data-race */
	return unused;
}

THREAD(reads_relaxed)
{
	if (atomic_load_explicit(&x, memory_order_relaxed))
		assert(plain); /* fault: data-race */
	return unused;
}

PROGRAM(publish_relaxed_wrong)
{
	both(publishes_relaxed, reads_published);
}

PROGRAM(read_relaxed_wrong)
{
	both(publishes, reads_relaxed);
}

PROGRAM(publish_relaxed_right)
{
	both(publishes, reads_published);
}

THREAD(publishes_by_fence)
{
	plain = 1;
	atomic_thread_fence(memory_order_release);
	atomic_store_explicit(&x, 1, memory_order_relaxed);
	return unused;
}

THREAD(reads_by_fence)
{
	int value = atomic_load_explicit(&x, memory_order_relaxed);

	atomic_thread_fence(memory_order_acquire);
	if (value)
		assert(plain);
	return unused;
}

THREAD(reads_by_the_wrong_fence)
{
	int value = atomic_load_explicit(&x, memory_order_relaxed);

	atomic_thread_fence(memory_order_release);
	if (value)
		assert(plain); /* fault: data-race */
	return unused;
}

PROGRAM(fence_wrong)
{
	both(publishes_by_fence, reads_by_the_wrong_fence);
}

PROGRAM(fence_right)
{
	both(publishes_by_fence, reads_by_fence);
}

THREAD(adds_relaxed)
{
	atomic_fetch_add_explicit(&x, 2, memory_order_relaxed);
	return unused;
}

THREAD(stores_relaxed)
{
	if (atomic_load_explicit(&x, memory_order_relaxed))
		atomic_store_explicit(&x, 3, memory_order_relaxed);
	return unused;
}

THREAD(reads_the_sum)
{
	if (atomic_load_explicit(&x, memory_order_acquire) == 3)
		assert(plain); /* fault: data-race */
	return unused;
}

/* A third thread goes on with the release sequence of the first, or ends it. */
static void with_publisher(void *(*third)(void *))
{
	pthread_t t;

	pthread_create(&t, NULL, publishes, NULL);
	both(third, reads_the_sum);
	pthread_join(t, NULL);
}

PROGRAM(release_sequence_wrong)
{
	with_publisher(stores_relaxed);
}

PROGRAM(release_sequence_right)
{
	with_publisher(adds_relaxed);
}

THREAD(stores_plainly)
{
	*(int *)&x = 1; /* fault: data-race */
	return unused;
}

THREAD(only_loads)
{
	other = atomic_load_explicit(&x, memory_order_relaxed); /* fault: data-race */
	return unused;
}

PROGRAM(atomic_and_plain_wrong)
{
	both(stores_plainly, only_loads);
}

static char neighbour[8];

THREAD(writes_the_first)
{
	neighbour[0]++;
	return unused;
}

THREAD(writes_the_second)
{
	neighbour[1]++;
	return unused;
}

PROGRAM(neighbours_right)
{
	both(writes_the_first, writes_the_second);
}

THREAD(reads_then_writes)
{
	int seen = plain;

	plain = seen; /* fault: data-race */
	return unused;
}

THREAD(only_reads)
{
	other = plain; /* fault: data-race */
	return unused;
}

PROGRAM(read_then_written_wrong)
{
	both(reads_then_writes, only_reads);
}

static volatile int flag;

THREAD(sets_the_flag)
{
	flag = 1;
	flag = 2;
	return unused;
}

/* A point from the first time on, so that both values are met. */
THREAD(meets_one_flag)
{
	assert(flag != 1); /* fault: data-race check-failed */
	return unused;
}

PROGRAM(volatile_wrong)
{
	both(sets_the_flag, meets_one_flag);
}
