/* SPDX-License-Identifier: MIT */
/* Two plain writes, in an order that a reader relies on. */
#include <assert.h>
#include <pthread.h>

#ifdef FIXED
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
#endif
static int a, b;

static void *writer(void *unused)
{
#ifdef FIXED
	pthread_mutex_lock(&lock);
#endif
	a = 1;	/* expect: data-race */
	b = -1; /* expect: data-race */
#ifdef FIXED
	pthread_mutex_unlock(&lock);
#endif
	return unused;
}

static void *reader(void *unused)
{
	int seen_a, seen_b;

#ifdef FIXED
	pthread_mutex_lock(&lock);
#endif
	seen_a = a; /* expect: data-race */
	seen_b = b; /* expect: data-race */
#ifdef FIXED
	pthread_mutex_unlock(&lock);
#endif
	assert((seen_a == 0) == (seen_b == 0)); /* expect: check-failed */
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	pthread_create(&threads[0], NULL, writer, NULL);
	pthread_create(&threads[1], NULL, reader, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
