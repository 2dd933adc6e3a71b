/* SPDX-License-Identifier: MIT */
/*
 * Publish before init: a device can be found in the table before it is complete.
 *
 *     npx dmtorture explore publish.c
 *     npx dmtorture explore publish.c --flag -DFIXED
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct device {
	int sectors;
};

static struct device *table;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void publish(struct device *dev)
{
	pthread_mutex_lock(&lock);
	table = dev;
	pthread_mutex_unlock(&lock);
}

static void *create(void *unused)
{
	struct device *dev = malloc(sizeof(*dev));

#ifdef FIXED
	dev->sectors = 8;
	publish(dev);
#else
	publish(dev);
	/* BUG: others can see the device by now */
	dev->sectors = 8;
#endif
	return unused;
}

int main(void)
{
	struct device *dev;
	pthread_t creator;

	pthread_create(&creator, NULL, create, NULL);

	pthread_mutex_lock(&lock);
	dev = table;
	pthread_mutex_unlock(&lock);
	if (dev)
		assert(dev->sectors == 8);

	pthread_join(creator, NULL);
	free(table);
	return 0;
}
