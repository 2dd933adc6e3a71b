/* SPDX-License-Identifier: MIT */
/* Two spinlocks that are taken in different orders. */
#include <pthread.h>

static pthread_spinlock_t a, b;
static int x, y;

static void *up(void *unused)
{
	pthread_spin_lock(&a);
	pthread_spin_lock(&b); /* expect: deadlock */
	x++;
	y++;
	pthread_spin_unlock(&b);
	pthread_spin_unlock(&a);
	return unused;
}

static void *down(void *unused)
{
#ifdef FIXED
	pthread_spin_lock(&a);
	pthread_spin_lock(&b);
#else
	pthread_spin_lock(&b);
	pthread_spin_lock(&a); /* expect: deadlock */
#endif
	x--;
	y--;
	pthread_spin_unlock(&a);
	pthread_spin_unlock(&b);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	pthread_spin_init(&a, PTHREAD_PROCESS_PRIVATE);
	pthread_spin_init(&b, PTHREAD_PROCESS_PRIVATE);
	pthread_create(&threads[0], NULL, up, NULL);
	pthread_create(&threads[1], NULL, down, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL); /* expect: deadlock */
	return 0;
}
