/* SPDX-License-Identifier: MIT */
/* Who waits for the flag counts how long, for ever: the other one does not set it any more. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int is_open, waited, is_closed;

static void *waiter(void *unused)
{
#ifdef FIXED
	while (!is_open && !is_closed)
#else
	while (!is_open) /* expect: overrun */
#endif
		waited++; /* expect: overrun */
	return unused;
}

static void *opener(void *unused)
{
	if (!is_closed)
		is_open = 1;
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	is_closed = 1;
	pthread_create(&threads[0], NULL, waiter, NULL);
	pthread_create(&threads[1], NULL, opener, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
