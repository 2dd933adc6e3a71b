/* SPDX-License-Identifier: MIT */
/* Dekker's lock; a thread that has no turn has to take its wish back. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int wants[2], turn;
static int counter, number[2] = {0, 1};

static void *thread(void *argument)
{
	int me = *(int *)argument;

	wants[me] = 1;
	while (wants[!me]) {	/* expect: livelock */
		if (turn == me) /* expect: livelock */
			continue;
#ifdef FIXED
		wants[me] = 0;
		while (turn != me)
			;
		wants[me] = 1;
#endif
	}
	counter++;
	turn = !me;
	wants[me] = 0;
	return NULL;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, thread, &number[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL); /* expect: livelock */
	return 0;
}
