/* SPDX-License-Identifier: MIT */
/* The one that is woken frees the condition, which the other one signals after it let go. */
#include <pthread.h>
#include <stdlib.h>

struct event {
	pthread_mutex_t lock;
	pthread_cond_t happened;
	int has_happened;
};

static void *wake(void *argument)
{
	struct event *e = argument;

	pthread_mutex_lock(&e->lock);
	e->has_happened = 1;
#ifdef FIXED
	pthread_cond_signal(&e->happened);
	pthread_mutex_unlock(&e->lock);
#else
	pthread_mutex_unlock(&e->lock);
	pthread_cond_signal(&e->happened); /* expect: use-after-free */
#endif
	return NULL;
}

int main(void)
{
	pthread_t thread;
	struct event *e = calloc(1, sizeof(*e));

	pthread_mutex_init(&e->lock, NULL);
	pthread_cond_init(&e->happened, NULL);
	pthread_create(&thread, NULL, wake, e);
	pthread_mutex_lock(&e->lock);
	while (!e->has_happened)
		pthread_cond_wait(&e->happened, &e->lock);
	pthread_mutex_unlock(&e->lock);
	free(e);
	pthread_join(thread, NULL);
	return 0;
}
