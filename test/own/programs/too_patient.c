/* SPDX-License-Identifier: MIT */
/*
 * The one that waits for the flag counts how long, for ever: the other does not set it any more. No
 * fault: such a loop may end in another schedule. bug: unfinished
 */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int is_open, waited, is_closed;

static void *waiter(void *unused)
{
#ifdef FIXED
	while (!is_open && !is_closed)
#else
	while (!is_open)
#endif
		waited++;
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
