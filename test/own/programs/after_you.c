/* SPDX-License-Identifier: MIT */
/* Each waits in a loop until the other one no longer wants. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int wants[2];
static int number[2] = {0, 1};

static void *thread(void *argument)
{
	int me = *(int *)argument;

	wants[me] = 1;
#ifdef FIXED
	if (wants[!me]) {
		wants[me] = 0;
		return NULL;
	}
#else
	while (wants[!me]) /* expect: livelock */
		;
#endif
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
