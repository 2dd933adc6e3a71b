/* SPDX-License-Identifier: MIT */
/* Three threads record three turns each, which are nowhere else behind that: 9! / 3!^3 outcomes. */
#include <dmtorture.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int turn;

static void record_turn(const char *name)
{
	record(name, atomic_fetch_add_explicit(&turn, 1, memory_order_relaxed));
}

static void *takes_turns(void *argument)
{
	const char *const *names = argument;

	record_turn(names[0]);
	record_turn(names[1]);
	record_turn(names[2]);
	return NULL;
}

int main(void)
{
	static const char *const names[3][3] = {
		{"a1", "a2", "a3"}, {"b1", "b2", "b3"}, {"c1", "c2", "c3"}};
	pthread_t thread[3];

	for (int i = 0; i < 3; i++)
		pthread_create(&thread[i], NULL, takes_turns, (void *)names[i]);
	for (int i = 0; i < 3; i++)
		pthread_join(thread[i], NULL);
	return 0;
}
