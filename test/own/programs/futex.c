/* SPDX-License-Identifier: MIT */
/* A mutex on futex(): the one that waits does not say so, and is not woken. */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FREE, HELD, CONTENDED };

static atomic_int word;
static int counter;

static void lock(void)
{
	int seen = FREE;

	if (atomic_compare_exchange_strong(&word, &seen, HELD))
		return;
#ifdef FIXED
	while (atomic_exchange(&word, CONTENDED) != FREE)
		syscall(SYS_futex, &word, FUTEX_WAIT, CONTENDED, NULL);
#else
	do {
		syscall(SYS_futex, &word, FUTEX_WAIT, HELD, NULL); /* expect: deadlock */
		seen = FREE;
	} while (!atomic_compare_exchange_strong(&word, &seen, HELD));
#endif
}

static void unlock(void)
{
	if (atomic_exchange(&word, FREE) == CONTENDED)
		syscall(SYS_futex, &word, FUTEX_WAKE, 1);
}

static void *thread(void *unused)
{
	lock();
	counter++;
	unlock();
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, thread, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL); /* expect: deadlock */
	return 0;
}
