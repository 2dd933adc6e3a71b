/* SPDX-License-Identifier: MIT */
/* Both make the object, one is lost. options: leaks */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static _Atomic(int *) object;

static void *get(void *unused)
{
	int *made, *nothing = NULL;

	if (object)
		return unused;
	made = malloc(sizeof(*made)); /* expect: leak */
#ifdef FIXED
	if (!atomic_compare_exchange_strong(&object, &nothing, made))
		free(made);
#else
	(void)nothing;
	object = made;
#endif
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, get, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
