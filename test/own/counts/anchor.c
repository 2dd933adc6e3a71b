/* SPDX-License-Identifier: MIT */
/*
 * N threads find an object, use it and put it, one puts the first reference: 8 traces with one
 * user, 558 with two. The same in the explorer's own model and in GenMC.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct object {
	atomic_int holders, is_freeing, data;
};

static _Atomic(struct object *) table;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int drops_last(atomic_int *count)
{
	int old = atomic_load(count);

	while (old != 1)
		if (atomic_compare_exchange_strong(count, &old, old - 1))
			return 0;
	pthread_mutex_lock(&lock);
	if (atomic_fetch_sub(count, 1) == 1)
		return 1;
	pthread_mutex_unlock(&lock);
	return 0;
}

static void put(struct object *o)
{
	if (!drops_last(&o->holders))
		return;
	atomic_store(&o->is_freeing, 1);
	atomic_store(&table, NULL);
	pthread_mutex_unlock(&lock);
	free(o);
}

static struct object *find(void)
{
	struct object *o;

	pthread_mutex_lock(&lock);
	o = atomic_load(&table);
	if (o && atomic_load(&o->is_freeing))
		o = NULL;
	if (o)
		atomic_fetch_add(&o->holders, 1);
	pthread_mutex_unlock(&lock);
	return o;
}

static void *user(void *unused)
{
	struct object *o = find();

	if (o) {
		assert(atomic_load(&o->data) == 7);
		put(o);
	}
	return unused;
}

static void *owner(void *argument)
{
	put(argument);
	return NULL;
}

int main(void)
{
	pthread_t threads[N + 1];
	struct object *o = malloc(sizeof(*o));

	atomic_init(&o->holders, 1);
	atomic_init(&o->is_freeing, 0);
	atomic_init(&o->data, 7);
	atomic_init(&table, o);
	for (int i = 0; i < N; i++)
		pthread_create(&threads[i], NULL, user, NULL);
	pthread_create(&threads[N], NULL, owner, o);
	for (int i = 0; i <= N; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
