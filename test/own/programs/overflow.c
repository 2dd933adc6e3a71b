/* SPDX-License-Identifier: MIT */
/* Both see that there is room for one more. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define SIZE 2

static int *stack;
static atomic_int used;

static void *push(void *unused)
{
#ifdef FIXED
	int at = atomic_fetch_add(&used, 1);

	if (at < SIZE)
		stack[at] = at;
#else
	if (used < SIZE)
		stack[used++] = 1; /* expect: out-of-bounds */
#endif
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	stack = malloc(SIZE * sizeof(*stack));
	used = 1;
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, push, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	free(stack);
	return 0;
}
