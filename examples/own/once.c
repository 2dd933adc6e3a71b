/* SPDX-License-Identifier: MIT */
/*
 * Double-checked initialisation: the first look at the pointer is outside the lock, and nothing
 * orders it after what was written before the pointer.
 *
 *     npx dmtorture explore once.c
 *     npx dmtorture explore once.c --flag -DFIXED
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct config {
	int answer;
};

#ifdef FIXED
static _Atomic(struct config *) config;
#else
static struct config *config; /* BUG: a plain pointer */
#endif
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct config *make(void)
{
	struct config *made = malloc(sizeof(*made));

	made->answer = 42;
	return made;
}

static struct config *get(void)
{
	if (!config) {
		pthread_mutex_lock(&lock);
		if (!config)
			config = make();
		pthread_mutex_unlock(&lock);
	}
	return config;
}

static void *use(void *unused)
{
	assert(get()->answer == 42);
	return unused;
}

int main(void)
{
	pthread_t user;

	pthread_create(&user, NULL, use, NULL);
	use(NULL);
	pthread_join(user, NULL);
	free(config);
	return 0;
}
