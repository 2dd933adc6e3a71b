/* SPDX-License-Identifier: MIT */
/*
 * The last reference frees the object. Each put releases what its thread did with the object, and
 * the last one does not acquire it: the free races with the other thread's last access.
 *
 *     npx dmtorture explore refcount.c --memory rc11
 *     npx dmtorture explore refcount.c --memory rc11 --flag -DFIXED
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#ifdef FIXED
#define ORDER memory_order_acq_rel
#else
#define ORDER memory_order_release /* BUG */
#endif

struct object {
	atomic_int references;
	int value;
};

static void put(struct object *object)
{
	if (atomic_fetch_sub_explicit(&object->references, 1, ORDER) == 1)
		free(object);
}

static void *use(void *argument)
{
	struct object *object = argument;
	int seen = object->value;

	put(object);
	return seen ? argument : NULL;
}

int main(void)
{
	struct object *object = calloc(1, sizeof(*object));
	pthread_t other;

	if (!object)
		return 1;
	atomic_store(&object->references, 2);
	pthread_create(&other, NULL, use, object);
	use(object);
	pthread_join(other, NULL);
	return 0;
}
