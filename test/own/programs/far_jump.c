/* SPDX-License-Identifier: MIT */
/* A jump out of a function passes by the unlock. */
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int is_bad;
static int counter;

static void work(jmp_buf *out)
{
	pthread_mutex_lock(&lock); /* expect: deadlock */
	counter++;
	if (is_bad) {
#ifdef FIXED
		pthread_mutex_unlock(&lock);
#endif
		longjmp(*out, 1);
	}
	pthread_mutex_unlock(&lock);
}

static void *thread(void *unused)
{
	jmp_buf out;

	if (!setjmp(out))
		work(&out);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, thread, NULL);
	is_bad = 1;
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL); /* expect: deadlock */
	return 0;
}
