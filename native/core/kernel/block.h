/* SPDX-License-Identifier: MIT */
/*
 * A stand-in for the block layer: disks by minor, opens that pin the driver's module, and the
 * ADD uevent that add_disk() sends. It holds no reference on what private_data leads to.
 *
 * Lock order: _hash_lock, then block.lock, then _minor_lock.
 */
#ifndef DMTORTURE_BLOCK_H
#define DMTORTURE_BLOCK_H

#include "ledger.h"
#include "module.h"

/* What a driver gives the block layer. `owner` is pinned by every open. */
struct block_device_operations {
	/* Returns 0 or -errno; on success release() follows. */
	int (*open)(struct task *t, void *driver, struct gendisk *disk);
	void (*release)(struct task *t, void *driver, struct gendisk *disk);
};

struct block {
	struct slab *slab;
	struct module *owner;
	const struct block_device_operations *fops;
	void *driver;
	struct mutex lock;
	struct word *disks; /* bucket heads, guarded by lock */
	struct word *bdis;  /* the same of queues, by the number in their bdi's name */
	unsigned int bucket_mask;
	struct word adds; /* ADD uevents: bits 32..63 how many so far, 0..31 the last one's minor */
};

/* @buckets: twice @bucket_mask + 1 words (a power of two), owned by the caller. */
void block_init(struct block *b, struct slab *slab, struct word *buckets, unsigned int bucket_mask);
/* A zeroed disk with one reference, NULL without memory. */
struct gendisk *alloc_disk(struct task *t, struct block *b);
/*
 * Make the disk known under its first_minor, then send the ADD uevent: opens are possible from
 * here. Context: may sleep. Faults: duplicate-minor.
 */
void add_disk(struct task *t, struct block *b, struct gendisk *disk);
/* Take the lock and find the disk of @minor, or NULL; the lock stays held. Context: may sleep. */
struct gendisk *block_lock_disk(struct task *t, struct block *b, uint32_t minor);
/*
 * Give the bdi of @queue a name with @minor in it, and take the name away. Context: may sleep.
 * Faults: duplicate-minor.
 */
void bdi_register(struct task *t, struct block *b, struct queue *queue, uint32_t minor);
void bdi_unregister(struct task *t, struct block *b, struct queue *queue);
/* Make it unknown again; harmless when it is. Context: may sleep. */
void del_gendisk(struct task *t, struct block *b, struct gendisk *disk);
/* Drop a reference of the disk's own. */
void put_disk(struct task *t, struct block *b, struct gendisk *disk);
/*
 * Open the disk of @minor. Returns 0 with *@disk set (a reference and a pin of the module, given
 * back by blkdev_close()); -ENXIO, or what the driver says. Context: may sleep.
 */
int blkdev_open(struct task *t, struct block *b, uint32_t minor, struct gendisk **disk);
void blkdev_close(struct task *t, struct block *b, struct gendisk *disk);
/*
 * Sleep until an ADD uevent after *@seen (an earlier value of `adds`), which is advanced.
 * Returns the minor announced, or -1 when none will come.
 */
int64_t wait_for_add(struct task *t, struct block *b, uint64_t *seen);

#endif
