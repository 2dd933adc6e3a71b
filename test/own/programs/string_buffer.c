/* SPDX-License-Identifier: MIT */
/* The length of the other string is asked first, its characters are taken afterwards. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct text {
	pthread_mutex_t lock;
	int length;
	char *characters;
};

static struct text one = {.lock = PTHREAD_MUTEX_INITIALIZER},
		   two = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *append(void *unused)
{
	int length;

	pthread_mutex_lock(&two.lock);
	length = two.length;
#ifndef FIXED
	pthread_mutex_unlock(&two.lock);
	pthread_mutex_lock(&two.lock);
#endif
	pthread_mutex_lock(&one.lock);
	memcpy(one.characters, two.characters, (size_t)length); /* expect: out-of-bounds */
	pthread_mutex_unlock(&one.lock);
	pthread_mutex_unlock(&two.lock);
	return unused;
}

static void *shorten(void *unused)
{
	pthread_mutex_lock(&two.lock);
	two.length = 2;
	free(two.characters);
	two.characters = calloc(1, 2);
	pthread_mutex_unlock(&two.lock);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	one.characters = calloc(1, 8);
	two.characters = calloc(1, 8);
	two.length = 8;
	pthread_create(&threads[0], NULL, append, NULL);
	pthread_create(&threads[1], NULL, shorten, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
