/* SPDX-License-Identifier: MIT */
/* main() may read its depth when it is below zero: the recursion from there has no end. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

static atomic_int depth = 2;

static int descend(int level)
{
	char name[1024]; /* expect: crash */

	snprintf(name, sizeof(name), "level %d", level); /* expect: crash */
	return level ? descend(level - 1) + name[0] : 0; /* expect: crash */
}

static void *count_down(void *unused)
{
	for (int i = 0; i < 3; i++)
		atomic_fetch_sub(&depth, 1);
	return unused;
}

int main(void)
{
	pthread_t thread;
	int from;

	pthread_create(&thread, NULL, count_down, NULL);
	from = atomic_load(&depth);
#ifdef FIXED
	from = from < 0 ? 0 : from;
#endif
	descend(from);
	pthread_join(thread, NULL);
	return 0;
}
