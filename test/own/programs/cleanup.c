/* SPDX-License-Identifier: MIT */
/* A thread that has nothing to do leaves from deep inside, where it has the lock. */
#include <pthread.h>
#include <stddef.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int work = 1, done;

static void give_back(void *mutex)
{
	pthread_mutex_unlock(mutex);
}

static void take_one(void)
{
	if (!work)
		pthread_exit(NULL);
	work--;
}

static void *worker(void *unused)
{
	int left;

	do {
		pthread_mutex_lock(&lock); /* expect: deadlock */
#ifdef FIXED
		pthread_cleanup_push(give_back, &lock);
		take_one();
		done++;
		left = work;
		pthread_cleanup_pop(1);
#else
		take_one();
		done++;
		left = work;
		give_back(&lock);
#endif
	} while (left);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, worker, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	pthread_mutex_lock(&lock); /* expect: deadlock */
	pthread_mutex_unlock(&lock);
	return done != 1;
}
