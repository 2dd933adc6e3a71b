/* SPDX-License-Identifier: MIT */
/* The last user frees an object with its lock, which the other one may be about to take. */
#include <pthread.h>
#include <stdlib.h>

struct object {
	pthread_mutex_t lock;
	int uses;
};

static void drop(struct object *o)
{
	int left;

	pthread_mutex_lock(&o->lock); /* expect: data-race */
	left = --o->uses;
	pthread_mutex_unlock(&o->lock); /* expect: data-race */
	if (!left)
		free(o); /* expect: data-race */
}

static void *user(void *argument)
{
	struct object *o = argument;

	pthread_mutex_lock(&o->lock); /* expect: use-after-free */
#ifndef FIXED
	o->uses++;
#endif
	pthread_mutex_unlock(&o->lock); /* expect: data-race */
	drop(o);
	return NULL;
}

int main(void)
{
	pthread_t thread;
	struct object *o = calloc(1, sizeof(*o));

	pthread_mutex_init(&o->lock, NULL);
	o->uses = 1;
#ifdef FIXED
	o->uses++;
#endif
	pthread_create(&thread, NULL, user, o);
	drop(o);
	pthread_join(thread, NULL);
	return 0;
}
