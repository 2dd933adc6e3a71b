/* SPDX-License-Identifier: MIT */
/* Two transfers between two accounts, each with a lock, in opposite directions. */
#include <pthread.h>

static struct account {
	pthread_mutex_t lock;
	int balance;
} accounts[2] = {{PTHREAD_MUTEX_INITIALIZER, 5}, {PTHREAD_MUTEX_INITIALIZER, 5}};
static int number[2] = {0, 1};

static void *transfer(void *argument)
{
	struct account *from = &accounts[*(int *)argument], *to = &accounts[!*(int *)argument];
	struct account *first = from, *second = to;

#ifdef FIXED
	if (second < first) {
		first = to;
		second = from;
	}
#endif
	pthread_mutex_lock(&first->lock);
	pthread_mutex_lock(&second->lock); /* expect: deadlock */
	from->balance--;
	to->balance++;
	pthread_mutex_unlock(&second->lock);
	pthread_mutex_unlock(&first->lock);
	return NULL;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, transfer, &number[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL); /* expect: deadlock */
	return 0;
}
