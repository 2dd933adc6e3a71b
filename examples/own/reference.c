/* SPDX-License-Identifier: MIT */
/*
 * Reference after unlock: between the lookup and the reference, the last owner frees the object.
 *
 *     npx dmtorture explore reference.c
 *     npx dmtorture explore reference.c --flag -DFIXED
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct object {
	atomic_int references;
};

static struct object *table;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void get(struct object *object)
{
	if (object)
		object->references++;
}

static void put(struct object *object)
{
	if (object && --object->references == 0)
		free(object);
}

static struct object *find(void)
{
	struct object *object;

	pthread_mutex_lock(&lock);
	object = table;
#ifdef FIXED
	get(object);
	pthread_mutex_unlock(&lock);
#else
	pthread_mutex_unlock(&lock);
	/* BUG: the table's reference may be gone by now */
	get(object);
#endif
	return object;
}

static void *take_out(void *unused)
{
	struct object *object;

	pthread_mutex_lock(&lock);
	object = table;
	table = NULL;
	pthread_mutex_unlock(&lock);
	put(object);
	return unused;
}

int main(void)
{
	pthread_t remover;

	table = malloc(sizeof(*table));
	atomic_init(&table->references, 1);
	pthread_create(&remover, NULL, take_out, NULL);
	put(find());
	pthread_join(remover, NULL);
	return 0;
}
