/* SPDX-License-Identifier: MIT */
/* Loops that take two, four and eight mutexes, one after the other, each at a place of its own. */
#define _GNU_SOURCE
#include "app.h"

#define ROUNDS 10000

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

#define TAKE                                                                                       \
	do {                                                                                       \
		pthread_mutex_lock(&mutex);                                                        \
		pthread_mutex_unlock(&mutex);                                                      \
	} while (0)

int main(void)
{
	alarm(limit_s());
	for (int i = 0; i < ROUNDS; i++) {
		TAKE;
		TAKE;
	}
	for (int i = 0; i < ROUNDS; i++) {
		TAKE;
		TAKE;
		TAKE;
		TAKE;
	}
	for (int i = 0; i < ROUNDS; i++) {
		TAKE;
		TAKE;
		TAKE;
		TAKE;
		TAKE;
		TAKE;
		TAKE;
		TAKE;
	}
	return 0;
}
