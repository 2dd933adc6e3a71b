#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int items[2], count; /* a queue that two threads fill */

static void *put(void *item)
{
	int place = count;
	items[place] = *(int *)item;
	count = place + 1;
	return NULL;
}

int main(void)
{
	int one = 1, two = 2;
	pthread_t other;

	pthread_create(&other, NULL, put, &one);
	put(&two);
	pthread_join(other, NULL);
	assert(count == 2);
}
