/* SPDX-License-Identifier: MIT */
/* main() reads what a thread makes and does not wait for it. fix: nothing to interleave */
#include <pthread.h>

static int made;

static void *maker(void *unused)
{
	made = 42; /* expect: data-race */
	return unused;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, maker, NULL);
#ifdef FIXED
	pthread_join(thread, NULL);
	return made != 42;
#else
	int got = made; /* expect: data-race */

	pthread_join(thread, NULL);
	return got;
#endif
}
