/* SPDX-License-Identifier: MIT */
/* A spinlock of the program's own; on one way out it is not let go of. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_flag held = ATOMIC_FLAG_INIT;
static int stock = 1;

static void *take(void *unused)
{
	while (atomic_flag_test_and_set(&held)) /* expect: livelock */
		;
#ifdef FIXED
	if (stock > 0)
		stock--;
#else
	if (stock == 0)
		return unused;
	stock--;
#endif
	atomic_flag_clear(&held);
	return unused;
}

int main(void)
{
	pthread_t threads[3];

	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, take, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL); /* expect: livelock */
	return 0;
}
