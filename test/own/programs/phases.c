/* SPDX-License-Identifier: MIT */
/* Each writes its half and reads the other's; nothing keeps a fast one from the next round. */
#include <pthread.h>

#define ROUNDS 2

static pthread_barrier_t barrier;
static int half[2], number[2] = {0, 1};

static void *thread(void *argument)
{
	int mine = *(int *)argument, sum = 0;

	for (int round = 0; round < ROUNDS; round++) {
		half[mine] = round; /* expect: data-race */
		pthread_barrier_wait(&barrier);
		sum += half[!mine]; /* expect: data-race */
#ifdef FIXED
		pthread_barrier_wait(&barrier);
#endif
	}
	return (void *)(long)sum;
}

int main(void)
{
	pthread_t threads[2];

	pthread_barrier_init(&barrier, NULL, 2);
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, thread, &number[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&barrier);
	return 0;
}
