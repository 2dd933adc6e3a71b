/* SPDX-License-Identifier: MIT */
/* N threads allocate, each uses and frees what is its own: all orders are one trace. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static void *use(void *unused)
{
	atomic_int *mine = malloc(sizeof(*mine));

	atomic_init(mine, 0);
	atomic_fetch_add(mine, 1);
	free(mine);
	return unused;
}

int main(void)
{
	pthread_t threads[N];

	for (int i = 0; i < N; i++)
		pthread_create(&threads[i], NULL, use, NULL);
	for (int i = 0; i < N; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
