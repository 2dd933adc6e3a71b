/* SPDX-License-Identifier: MIT */
/*
 * What an execution costs, part by part: THREADS threads, each with POINTS read-modify-writes, each
 * of these behind PLAIN plain accesses, in a process with BYTES of data.
 */
#include <pthread.h>
#include <stdatomic.h>

#ifndef THREADS
#define THREADS 3
#endif
#ifndef POINTS
#define POINTS 10
#endif
#ifndef PLAIN
#define PLAIN 0
#endif
#ifndef BYTES
#define BYTES 8
#endif

static atomic_int sum;
static int own_sum[THREADS];
char data[BYTES] = {1};

static void *add(void *argument)
{
	int *mine = argument;

	for (int i = 0; i < POINTS; i++) {
#pragma GCC unroll 16
		for (int k = 0; k < PLAIN; k++)
			*mine = k;
		atomic_fetch_add(&sum, 1);
	}
	return argument;
}

int main(void)
{
	pthread_t thread[THREADS];

	for (int i = 0; i < THREADS; i++)
		pthread_create(&thread[i], NULL, add, &own_sum[i]);
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	return 0;
}
