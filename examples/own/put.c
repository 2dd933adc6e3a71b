/* SPDX-License-Identifier: MIT */
/*
 * A reference count whose put has no acquire: nothing orders what other threads did with the object
 * before the free().
 *
 *     npx dmtorture explore put.c
 *     npx dmtorture explore put.c --flag -DFIXED
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#ifdef FIXED
#define PUT memory_order_acq_rel
#else
#define PUT memory_order_release /* BUG: the last put has to acquire as well */
#endif

struct object {
	atomic_int references;
	int user_data, main_data;
};

static void put(struct object *object)
{
	if (atomic_fetch_sub_explicit(&object->references, 1, PUT) == 1)
		free(object);
}

static void *use(void *argument)
{
	struct object *object = argument;

	object->user_data = 1;
	put(object);
	return NULL;
}

int main(void)
{
	struct object *object = malloc(sizeof(*object));
	pthread_t user;

	atomic_init(&object->references, 2);
	pthread_create(&user, NULL, use, object);
	object->main_data = 1;
	put(object);
	pthread_join(user, NULL);
	return 0;
}
