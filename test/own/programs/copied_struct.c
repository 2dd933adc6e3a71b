/* SPDX-License-Identifier: MIT */
/* A struct is copied while it is changed. */
#include <assert.h>
#include <pthread.h>

struct range {
	long low, high, more[6];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct range range = {.low = 0, .high = 1};

static void *reader(void *unused)
{
	struct range copy;

#ifdef FIXED
	pthread_mutex_lock(&lock);
#endif
	copy = range; /* expect: data-race */
#ifdef FIXED
	pthread_mutex_unlock(&lock);
#endif
	assert(copy.high == copy.low + 1); /* expect: check-failed */
	return unused;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, reader, NULL);
	pthread_mutex_lock(&lock);
	range.low = 5;	/* expect: data-race */
	range.high = 6; /* expect: data-race */
	pthread_mutex_unlock(&lock);
	pthread_join(thread, NULL);
	return 0;
}
