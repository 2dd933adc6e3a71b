/* SPDX-License-Identifier: MIT */
/*
 * Patch 05 of the device mapper, "freeing", in plain C: an open comes between the last put and the
 * teardown, and takes a reference on a device that has none left. It is then torn down twice.
 *
 *     npx dmtorture explore freeing.c
 *     npx dmtorture explore freeing.c --flag -DFIXED
 */
#include <pthread.h>
#include <stdlib.h>

struct mapped_device {
	int holders; /* under minor_lock, as the rest */
	int freeing; /* it is being torn down: nobody may open it */
};

static struct mapped_device *disk; /* what an open finds */
static pthread_mutex_t minor_lock = PTHREAD_MUTEX_INITIALIZER;

/* The last put takes minor_lock: an open sees a device before it, or one that is freeing. */
static void dm_put(struct mapped_device *md)
{
	pthread_mutex_lock(&minor_lock);
	if (--md->holders > 0) {
		pthread_mutex_unlock(&minor_lock);
		return;
	}
	md->freeing = 1;
	pthread_mutex_unlock(&minor_lock);

	/* The teardown, which may sleep. */
	pthread_mutex_lock(&minor_lock);
	disk = NULL;
	pthread_mutex_unlock(&minor_lock);
	free(md);
}

static struct mapped_device *dm_blk_open(void)
{
	struct mapped_device *md;

	pthread_mutex_lock(&minor_lock);
	md = disk;
#ifdef FIXED
	if (md && md->freeing)
		md = NULL;
#endif
	/* BUG: without that check holders may go from 0 to 1 */
	if (md)
		md->holders++;
	pthread_mutex_unlock(&minor_lock);
	return md;
}

static void *remove_device(void *md)
{
	dm_put(md);
	return NULL;
}

int main(void)
{
	struct mapped_device *md = calloc(1, sizeof(*md));
	pthread_t remover;

	md->holders = 1;
	disk = md;
	pthread_create(&remover, NULL, remove_device, md);
	md = dm_blk_open();
	if (md)
		dm_put(md);
	pthread_join(remover, NULL);
	return 0;
}
