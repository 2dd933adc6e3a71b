/* SPDX-License-Identifier: MIT */
#include "dm_refs.h"

static int dm_blk_open(struct task *t, void *driver, struct gendisk *disk)
{
	struct dm *dm = driver;

	module_text(t, &dm->module, SITE("dm_blk_open(inode)"));
	return open_device(t, dm, disk);
}

static void dm_blk_close(struct task *t, void *driver, struct gendisk *disk)
{
	struct dm *dm = driver;
	struct mapped_device *md;

	module_text(t, &dm->module, SITE("dm_blk_close(inode)"));
	md = get_field(t, disk, private_data);
	close_device(t, dm, md);
	dm_put(t, dm, md);
}

const struct block_device_operations dm_blk_fops = {
	.open = dm_blk_open,
	.release = dm_blk_close,
};

/*
 * Returns whether nothing is pending any more. On threads an increment can slip in between the
 * look at a field and its initialisation, which then wipes it: it shows here, as a count below 0.
 */
static bool end_pending(struct task *t, struct mapped_device *md)
{
	return ref_put_or(t, md, pending, FAULT_INIT_OVERWRITE);
}

/*
 * Where pools are swapped, a bio is pending before it has an element of one. Returns the pool, or
 * NULL where the device is suspended.
 */
static struct pool *begin_counted(struct task *t, struct mapped_device *md)
{
	struct pool *pool;

	inc_field(t, md, pending);
	if (get_field_once(t, md, flags) & DMF_SUSPENDED) {
		if (end_pending(t, md))
			get_field(t, md, wait);
		return NULL;
	}
	pool = get_field(t, md, io_pool);
	inc_field(t, pool, out);
	return pool;
}

int dm_blk_io(struct task *t, struct dm *dm, struct gendisk *disk)
{
	struct mapped_device *md = get_field(t, disk, private_data);
	struct pool *pool;

	module_text(t, &dm->module, SITE("dm_request(q, bio)"));
	if (swaps_pools(dm)) {
		pool = begin_counted(t, md);
		if (!pool)
			return -EAGAIN;
	} else {
		pool = get_field(t, md, io_pool);
		inc_field(t, pool, out); /* mempool_alloc(md->io_pool) */
		inc_field(t, md, pending);
	}
	note(t, IO_PENDING);
	/* A thread that waited for pending == 0 runs then, and the element is still out. */
	if (ends_pending_first(dm) && end_pending(t, md))
		get_field(t, md, wait); /* wake_up(&md->wait) */
	note_owed_element(t, dm);
	ref_put(t, pool, out); /* mempool_free(io, md->io_pool) */
	if (!ends_pending_first(dm) && end_pending(t, md))
		get_field(t, md, wait);
	note(t, IO_DONE);
	return 0;
}

void dm_blk_query(struct task *t, struct dm *dm, struct gendisk *disk)
{
	struct mapped_device *md = get_field(t, disk, private_data);

	module_text(t, &dm->module, SITE("dm_blk_query(disk)"));
	get_field_once(t, md, event_nr);
	get_field_once(t, md, pending);
	get_field(t, md, eventq);
	if (has_queue_types(dm)) {
		struct queue *queue = get_field(t, md, queue);

		get_field(t, queue, type);
	}
}

void dm_event(struct task *t, struct mapped_device *md)
{
	inc_field(t, md, event_nr);
	get_field(t, md, eventq); /* wake_up(&md->eventq) */
}
