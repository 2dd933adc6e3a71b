/* SPDX-License-Identifier: MIT */
/*
 * Three threads take three turns each, and print them in one line, piece by piece: between the
 * pieces only what was printed knows of a turn. There are 9! / 3!^3 outcomes.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

static atomic_int turn;

static void print_turn(const char *name)
{
	printf("%s=%d ", name, atomic_fetch_add_explicit(&turn, 1, memory_order_relaxed));
}

static void *prints_turns(void *argument)
{
	const char *const *names = argument;

	print_turn(names[0]);
	print_turn(names[1]);
	print_turn(names[2]);
	printf("\n");
	return NULL;
}

int main(void)
{
	static const char *const names[3][3] = {
		{"a1", "a2", "a3"}, {"b1", "b2", "b3"}, {"c1", "c2", "c3"}};
	pthread_t thread[3];

	for (int i = 0; i < 3; i++)
		pthread_create(&thread[i], NULL, prints_turns, (void *)names[i]);
	for (int i = 0; i < 3; i++)
		pthread_join(thread[i], NULL);
	return 0;
}
