/* SPDX-License-Identifier: MIT */
/* Each of two threads raises its flag and looks at the other's: one of them at least sees it. */
#include <dmtorture.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int x, y;

static void *other(void *unused)
{
	y = 1;
	record("r2", x);
	return unused;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, other, NULL);
	x = 1;
	record("r1", y);
	pthread_join(thread, NULL);
}
