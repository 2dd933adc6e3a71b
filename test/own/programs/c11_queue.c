/* SPDX-License-Identifier: MIT */
/* A queue on C11's threads; taking looks at the count before it locks. */
#include <stdlib.h>
#include <threads.h>

static mtx_t lock;
static once_flag once = ONCE_FLAG_INIT;
static int items[4], count;

static void make(void)
{
	mtx_init(&lock, mtx_plain);
}

static int producer(void *unused)
{
	(void)unused;
	call_once(&once, make);
	mtx_lock(&lock);
	items[count] = 7;
	count++; /* expect: data-race */
	mtx_unlock(&lock);
	return 0;
}

static int consumer(void *unused)
{
	int got = 0;

	(void)unused;
	call_once(&once, make);
#ifndef FIXED
	if (count == 0) /* expect: data-race */
		return 0;
#endif
	mtx_lock(&lock);
	if (count > 0)
		got = items[--count];
	mtx_unlock(&lock);
	return got;
}

int main(void)
{
	thrd_t threads[2];

	thrd_create(&threads[0], producer, NULL);
	thrd_create(&threads[1], consumer, NULL);
	for (int i = 0; i < 2; i++)
		thrd_join(threads[i], NULL);
	return 0;
}
