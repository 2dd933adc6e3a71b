/* SPDX-License-Identifier: MIT */
#include "block.h"

#include <errno.h>

#define ADDS_SHIFT 32

void block_init(struct block *b, struct slab *slab, struct word *buckets, unsigned int bucket_mask)
{
	b->slab = slab;
	b->disks = buckets;
	b->bdis = buckets + bucket_mask + 1;
	b->bucket_mask = bucket_mask;
	mutex_init(&b->lock);
	word_store(NULL, &b->adds, 0);
	for (unsigned int i = 0; i < 2 * (bucket_mask + 1); i++)
		word_store(NULL, &buckets[i], 0);
}

struct gendisk *alloc_disk(struct task *t, struct block *b)
{
	struct gendisk *disk = ledger_alloc(t, b->slab, CLASS_GENDISK, true);

	if (disk)
		set_guarded(t, disk, holders, 1);
	return disk;
}

static struct word *bucket_of(struct block *b, uint32_t minor)
{
	return &b->disks[minor & b->bucket_mask];
}

/* The disk of @minor in @bucket. Context: holds b->lock. */
static struct gendisk *find_disk(struct task *t, struct word *bucket, uint32_t minor)
{
	struct gendisk *disk = (struct gendisk *)(uintptr_t)observe(t, word_load(t, bucket));

	while (disk && get_guarded(t, disk, first_minor) != (long)minor)
		disk = get_guarded(t, disk, next);
	return disk;
}

/* One ADD uevent more, the last of @minor. */
static uint64_t one_more(uint64_t adds, uint64_t minor)
{
	return ((adds >> ADDS_SHIFT) + 1) << ADDS_SHIFT | minor;
}

/* The sender does not learn the number of handlers, so nothing is observed. */
static void send_add_uevent(struct task *t, struct block *b, uint32_t minor)
{
	/* A message: what is in the queue of a socket is under that queue's lock. */
	word_point(t, POINT_RMW, &b->adds, ORDER_ACQ_REL, SITE("kobject_uevent(KOBJ_ADD)"));
	word_map(t, &b->adds, one_more, minor);
}

void add_disk(struct task *t, struct block *b, struct gendisk *disk)
{
	uint32_t minor = (uint32_t)get_field(t, disk, first_minor);
	struct word *bucket = bucket_of(b, minor);
	const struct site *site = SITE("blk_register_region(disk)");

	mutex_lock(t, &b->lock);
	point(t, POINT_WRITE, bucket, site);
	if (unlikely(find_disk(t, bucket, minor)))
		oops(t, DUPLICATE_MINOR, site, "minor %u has a live disk already", minor);
	set_guarded(t, disk, next, word_load(t, bucket));
	word_store(t, bucket, (uint64_t)(uintptr_t)disk);
	mutex_unlock(t, &b->lock);
	send_add_uevent(t, b, minor);
}

void del_gendisk(struct task *t, struct block *b, struct gendisk *disk)
{
	struct word *bucket = bucket_of(b, (uint32_t)get_field(t, disk, first_minor));
	struct gendisk *at, *before = NULL;

	mutex_lock(t, &b->lock);
	point(t, POINT_WRITE, bucket, SITE("blk_unregister_region(disk)"));
	at = (struct gendisk *)(uintptr_t)observe(t, word_load(t, bucket));
	while (at && at != disk) {
		before = at;
		at = get_guarded(t, at, next);
	}
	if (at && before)
		set_guarded(t, before, next, get_guarded(t, at, next));
	else if (at)
		word_store(t, bucket, (uint64_t)(uintptr_t)get_guarded(t, at, next));
	mutex_unlock(t, &b->lock);
}

void bdi_register(struct task *t, struct block *b, struct queue *queue, uint32_t minor)
{
	struct word *bucket = &b->bdis[minor & b->bucket_mask];
	const struct site *site = SITE("bdi_register(bdi)");
	struct queue *at;

	mutex_lock(t, &b->lock);
	point(t, POINT_WRITE, bucket, site);
	at = (struct queue *)(uintptr_t)observe(t, word_load(t, bucket));
	while (at && get_guarded(t, at, bdi_minor) != (long)minor)
		at = get_guarded(t, at, bdi_next);
	if (unlikely(at))
		oops(t, DUPLICATE_MINOR, site, "minor %u: the name of its bdi is taken", minor);
	set_guarded(t, queue, bdi_minor, minor);
	set_guarded(t, queue, bdi_next, word_load(t, bucket));
	word_store(t, bucket, (uint64_t)(uintptr_t)queue);
	mutex_unlock(t, &b->lock);
}

void bdi_unregister(struct task *t, struct block *b, struct queue *queue)
{
	struct queue *at, *before = NULL;
	struct word *bucket;

	mutex_lock(t, &b->lock);
	bucket = &b->bdis[(uint64_t)get_guarded(t, queue, bdi_minor) & b->bucket_mask];
	point(t, POINT_WRITE, bucket, SITE("bdi_unregister(bdi)"));
	at = (struct queue *)(uintptr_t)observe(t, word_load(t, bucket));
	while (at && at != queue) {
		before = at;
		at = get_guarded(t, at, bdi_next);
	}
	if (at && before)
		set_guarded(t, before, bdi_next, get_guarded(t, at, bdi_next));
	else if (at)
		word_store(t, bucket, (uint64_t)(uintptr_t)get_guarded(t, at, bdi_next));
	mutex_unlock(t, &b->lock);
}

void put_disk(struct task *t, struct block *b, struct gendisk *disk)
{
	if (ref_put(t, disk, holders))
		ledger_free(t, b->slab, CLASS_GENDISK, disk, SITE_OF_OBJECT(disk, "kfree(disk)"));
}

struct gendisk *block_lock_disk(struct task *t, struct block *b, uint32_t minor)
{
	struct word *bucket = bucket_of(b, minor);

	mutex_lock(t, &b->lock);
	point(t, POINT_READ, bucket, SITE("get_gendisk(minor)"));
	return find_disk(t, bucket, minor);
}

int blkdev_open(struct task *t, struct block *b, uint32_t minor, struct gendisk **disk)
{
	struct word *bucket = bucket_of(b, minor);
	struct gendisk *found;
	int r = -ENXIO;

	mutex_lock(t, &b->lock);
	point(t, POINT_READ, bucket, SITE("get_gendisk(minor)"));
	found = find_disk(t, bucket, minor);
	/* The owner stands in a table of the module's. */
	if (found)
		module_text(t, b->owner, SITE("disk->fops->owner"));
	if (found && !try_module_get(t, b->owner))
		found = NULL;
	if (found)
		ref_get(t, found, holders, FAULT_REFCOUNT_RESURRECT);
	mutex_unlock(t, &b->lock);
	if (!found)
		return -ENXIO;
	note(t, DISK_FOUND);
	r = b->fops->open(t, b->driver, found);
	if (r) {
		put_disk(t, b, found);
		module_put(t, b->owner);
		return r;
	}
	*disk = found;
	return 0;
}

void blkdev_close(struct task *t, struct block *b, struct gendisk *disk)
{
	b->fops->release(t, b->driver, disk);
	put_disk(t, b, disk);
	module_put(t, b->owner);
}

int64_t wait_for_add(struct task *t, struct block *b, uint64_t *seen)
{
	if (!await_change(t, &b->adds, *seen))
		return -1;
	*seen = observe(t, word_load(t, &b->adds));
	return (int64_t)(*seen & UINT32_MAX);
}
