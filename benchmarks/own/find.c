/* SPDX-License-Identifier: MIT */
/* FINDS threads find a counted object, use it and put it; one more puts the first reference. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#ifndef FINDS
#define FINDS 2
#endif

struct object {
	atomic_int holders, freeing, disk;
};

static _Atomic(struct object *) table;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool dec_and_lock(atomic_int *count)
{
	int old = atomic_load(count);

	while (old != 1)
		if (atomic_compare_exchange_strong(count, &old, old - 1))
			return false;
	pthread_mutex_lock(&lock);
	if (atomic_fetch_sub(count, 1) == 1)
		return true;
	pthread_mutex_unlock(&lock);
	return false;
}

static void put(struct object *object)
{
	if (!dec_and_lock(&object->holders))
		return;
	atomic_store(&object->freeing, 1);
	atomic_store(&table, NULL);
	pthread_mutex_unlock(&lock);
	free(object);
}

static struct object *find(void)
{
	struct object *object;

	pthread_mutex_lock(&lock);
	object = atomic_load(&table);
	if (object && atomic_load(&object->freeing))
		object = NULL;
	if (object)
		atomic_fetch_add(&object->holders, 1);
	pthread_mutex_unlock(&lock);
	return object;
}

static void *user(void *argument)
{
	struct object *object = find();

	if (object) {
		assert(atomic_load(&object->disk) == 7);
		put(object);
	}
	return argument;
}

static void *owner(void *argument)
{
	put(argument);
	return NULL;
}

int main(void)
{
	pthread_t thread[FINDS + 1];
	struct object *object = malloc(sizeof(*object));

	atomic_init(&object->holders, 1);
	atomic_init(&object->freeing, 0);
	atomic_init(&object->disk, 7);
	atomic_init(&table, object);
	for (int i = 0; i < FINDS; i++)
		pthread_create(&thread[i], NULL, user, NULL);
	pthread_create(&thread[FINDS], NULL, owner, object);
	for (int i = 0; i <= FINDS; i++)
		pthread_join(thread[i], NULL);
	return 0;
}
