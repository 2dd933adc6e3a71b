/* SPDX-License-Identifier: MIT */
/* Peterson's lock; the wish has to be there before the turn is given away. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int wants[2], turn;
static int counter, number[2] = {0, 1};

static void *thread(void *argument)
{
	int me = *(int *)argument;

#ifdef FIXED
	wants[me] = 1;
	turn = !me;
#else
	turn = !me;
	wants[me] = 1;
#endif
	while (wants[!me] && turn == !me)
		;
	counter++; /* expect: data-race */
	wants[me] = 0;
	return NULL;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, thread, &number[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
