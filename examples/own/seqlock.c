/* SPDX-License-Identifier: MIT */
/*
 * A seqlock with a torn read: the reader compares the count before and after, and forgets that an
 * odd count means "a writer is at work".
 *
 *     npx dmtorture explore seqlock.c
 *     npx dmtorture explore seqlock.c --flag -DFIXED
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_uint count;
static atomic_int hours, minutes; /* always the same number here */

static void *set(void *unused)
{
	count++;
	hours = 12;
	minutes = 12;
	count++;
	return unused;
}

static unsigned int begin(void)
{
	unsigned int seen = count;

	/* BUG: without this loop it may be odd */
#ifdef FIXED
	while (seen & 1)
		seen = count;
#endif
	return seen;
}

int main(void)
{
	unsigned int seen;
	pthread_t setter;
	int h, m;

	pthread_create(&setter, NULL, set, NULL);
	do {
		seen = begin();
		h = hours;
		m = minutes;
	} while (count != seen);
	assert(h == m);
	pthread_join(setter, NULL);
	return 0;
}
