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

void dm_blk_io(struct task *t, struct dm *dm, struct gendisk *disk)
{
	struct mapped_device *md = get_field(t, disk, private_data);
	struct pool *pool;

	module_text(t, &dm->module, SITE("dm_request(q, bio)"));
	pool = get_field(t, md, io_pool);
	inc_field(t, pool, out); /* mempool_alloc(md->io_pool) */
	inc_field(t, md, pending);
	note(t, IO_PENDING);
	if (end_pending(t, md))
		get_field(t, md, wait); /* wake_up(&md->wait) */
	/* A thread that waited for pending == 0 runs by now, and the element is still out. */
	ref_put(t, pool, out); /* mempool_free(io, md->io_pool) */
	note(t, IO_DONE);
}

void dm_blk_query(struct task *t, struct dm *dm, struct gendisk *disk)
{
	struct mapped_device *md = get_field(t, disk, private_data);

	module_text(t, &dm->module, SITE("dm_blk_query(disk)"));
	get_field_once(t, md, event_nr);
	get_field_once(t, md, pending);
	get_field(t, md, eventq);
}

void dm_event(struct task *t, struct mapped_device *md)
{
	inc_field(t, md, event_nr);
	get_field(t, md, eventq); /* wake_up(&md->eventq) */
}
