/* SPDX-License-Identifier: MIT */
/* Two drop a reference and both see that it was the last. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct object {
	atomic_int references;
};

static void *drop(void *argument)
{
	struct object *o = argument;

#ifdef FIXED
	if (atomic_fetch_sub(&o->references, 1) == 1)
		free(o);
#else
	atomic_fetch_sub(&o->references, 1); /* expect: use-after-free */
	if (o->references == 0)		     /* expect: use-after-free, data-race */
		free(o);		     /* expect: double-free, data-race */
#endif
	return NULL;
}

int main(void)
{
	pthread_t threads[2];
	struct object *o = malloc(sizeof(*o));

	atomic_init(&o->references, 2);
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, drop, o);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
