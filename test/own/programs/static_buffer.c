/* SPDX-License-Identifier: MIT */
/*
 * A function that writes its answer into a buffer of its own, called by two.
 * fix: nothing to interleave
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static int number[2] = {1, 2};

static const char *name_of(int n)
{
#ifdef FIXED
	static _Thread_local char name[16];
#else
	static char name[16];
#endif

	memset(name, 'a' + n, sizeof(name) - 1); /* expect: data-race */
	return name;
}

static void *thread(void *argument)
{
	printf("%s\n", name_of(*(int *)argument)); /* expect: data-race */
	return NULL;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, thread, &number[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
