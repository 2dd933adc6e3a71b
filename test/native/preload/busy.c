/* SPDX-License-Identifier: MIT */
/* Threads that take one mutex: `busy <threads> <times; 0: until killed>`. */
#define _GNU_SOURCE
#include "app.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long times;

static void ended(int signal)
{
	(void)signal;
	_exit(42);
}

void takes_the_mutex(void);

/* Exported, so that it has a name in a stripped program, too. */
__attribute__((noinline, visibility("default"))) void takes_the_mutex(void)
{
	pthread_mutex_lock(&mutex);
	pthread_mutex_unlock(&mutex);
	__asm__ volatile("");
}

static void *takes(void *p)
{
	for (long i = 0; !times || i < times; i++)
		takes_the_mutex();
	return p;
}

int main(int argc, char **argv)
{
	int threads = argc > 1 ? atoi(argv[1]) : 1;
	pthread_t t[64];

	alarm(limit_s());
	times = argc > 2 ? atol(argv[2]) : 1000;
	IS(signal(SIGTERM, ended) != SIG_ERR && signal(SIGINT, ended) != SIG_ERR);
	puts("started");
	fflush(stdout);
	for (int i = 0; i < threads; i++)
		IS(!pthread_create(&t[i], NULL, takes, NULL));
	for (int i = 0; i < threads; i++)
		IS(!pthread_join(t[i], NULL));
	puts("right");
	return 0;
}
