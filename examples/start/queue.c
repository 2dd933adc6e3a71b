#include <assert.h>
#include <pthread.h>

static int items[2], count; /* a queue that two threads fill */

static void *put(void *item)
{
	items[count++] = *(int *)item; /* BUG: no lock; two threads can take one place */
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
