/* SPDX-License-Identifier: MIT */
/* A table of a megabyte that every execution begins with empty. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#define ROWS (1 << 18)

static int table[ROWS];
static atomic_int next_row;

static int take_row(void)
{
#ifdef FIXED
	return atomic_fetch_add(&next_row, 1);
#else
	int row = next_row;

	next_row = row + 1;
	return row;
#endif
}

static void *thread(void *unused)
{
	int row = take_row() * (ROWS / 4) + ROWS / 8;

	assert(table[row] == 0); /* expect: data-race, check-failed */
	table[row] = 1;		 /* expect: data-race */
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, thread, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
