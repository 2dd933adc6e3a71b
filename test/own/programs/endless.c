/* SPDX-License-Identifier: MIT */
/* Where an addition is lost, the sum is not a multiple of two, and the loop steps over it. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_uint sum;

static void *add(void *unused)
{
#ifdef FIXED
	sum += 1;
#else
	sum = sum + 1;
#endif
	return unused;
}

static unsigned int steps(unsigned int end)
{
	unsigned int at = 0, count = 0;

	while (at != end) { /* expect: hang */
		at += 2;    /* expect: hang */
		count++;    /* expect: hang */
	}
	return count;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, add, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return steps(sum) != 1;
}
