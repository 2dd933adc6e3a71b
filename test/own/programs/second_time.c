/* SPDX-License-Identifier: MIT */
/* What must happen once is checked and noted in two steps; the program gives up. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_int begun;
static atomic_int runs;

static void *begin(void *unused)
{
#ifdef FIXED
	if (atomic_exchange(&begun, 1))
		return unused;
#else
	if (begun)
		return unused;
	begun = 1;
#endif
	if (atomic_fetch_add(&runs, 1) > 0)
		abort(); /* expect: abort */
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, begin, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
