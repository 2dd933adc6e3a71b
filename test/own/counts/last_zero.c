/* SPDX-License-Identifier: MIT */
/* One looks for the last zero from the end; each of the others makes its own one more than the
 * last. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int array[N + 1];
static int number[N + 1];

static void *look(void *unused)
{
	for (int i = N; atomic_load(&array[i]) != 0; i--)
		;
	return unused;
}

static void *set(void *argument)
{
	int mine = *(int *)argument;

	atomic_store(&array[mine], atomic_load(&array[mine - 1]) + 1);
	return NULL;
}

int main(void)
{
	pthread_t threads[N + 1];

	for (int i = 0; i <= N; i++) {
		number[i] = i;
		pthread_create(&threads[i], NULL, i ? set : look, &number[i]);
	}
	for (int i = 0; i <= N; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
