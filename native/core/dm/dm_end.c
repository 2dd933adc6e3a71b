/* SPDX-License-Identifier: MIT */
/* How a device is taken apart: by the last dm_put(), or with R9 by dm_destroy(). */
#include "dm_parts.h"

void destroy_pool(struct task *t, struct dm *dm, struct pool *pool)
{
	const struct site *site = SITE_OF_OBJECT(pool, "mempool_destroy(pool)");
	long out = get_field_once(t, pool, out);

	if (unlikely(out))
		oops(t, POOL_OUTSTANDING, site, "%ld elements are out", out);
	ledger_free(t, dm->slab, CLASS_POOL, pool, site);
}

static void free_dev(struct task *t, struct dm *dm, struct mapped_device *md)
{
	struct gendisk *disk;
	struct queue *queue;
	uint32_t minor;

	might_sleep(t, "free_dev(md)");
	ledger_teardown(t, md, SITE_OF_OBJECT(md, "free_dev(md)"));
	note(t, TEARDOWN);
	disk = get_field(t, md, disk);
	minor = (uint32_t)get_field(t, disk, first_minor);
	if (frees_number_first(dm) && has_minor(t, dm, md))
		free_minor(t, dm, minor);
	destroy_pool(t, dm, get_field(t, md, tio_pool));
	destroy_pool(t, dm, get_field(t, md, io_pool));
	note(t, POOLS_GONE);
	del_gendisk(t, dm->block, disk);
	note(t, DISK_UNLINKED);
	if (!frees_number_first(dm) && has_minor(t, dm, md))
		free_minor(t, dm, minor);
	cut_private_data(t, dm, disk);
	put_disk(t, dm->block, disk);
	note(t, DISK_PUT);
	queue = get_field(t, md, queue);
	if (names_bdi_late(dm))
		bdi_unregister(t, dm->block, queue);
	ledger_free(t, dm->slab, CLASS_QUEUE, queue,
		    SITE_OF_OBJECT(queue, "blk_cleanup_queue(md->queue)"));
	unpin_module(t, dm);
	ledger_free(t, dm->slab, CLASS_MD, md, SITE_OF_OBJECT(md, "kfree(md)"));
}

/* Before R9. */
void dm_put_last(struct task *t, struct dm *dm, struct mapped_device *md)
{
	if (drop_reference(t, dm, md, false) != DROPPED_LAST)
		return;
	note(t, LAST_PUT);
	if (has_sysfs(dm))
		dm_sysfs_exit(t, dm, md);
	free_dev(t, dm, md);
}

/* The destructor of a table waits for what runs on the shared work queue. */
static void flush_shared_queue(struct task *t, struct dm *dm)
{
	const struct site *site = SITE("flush_workqueue(system_wq)");
	uint64_t running;

	while ((running = word_read(t, &dm->shared_queue.running, ORDER_ACQUIRE, site)))
		if (!await_change_at(t, &dm->shared_queue.running, running, site))
			oops(t, DEADLOCK, site, "flushes the work queue that it runs on");
}

void dm_destroy(struct task *t, struct dm *dm, struct mapped_device *md, bool wait)
{
	module_text(t, &dm->module, SITE("dm_destroy(md)"));
	might_sleep(t, "dm_destroy(md)");
	note(t, DESTROY);
	hide_and_mark(t, dm, md);
	dm_set_origin(t, dm, md, false);
	dm_end_hooks(t, dm, md);
	if (wait)
		wait_field(t, md, holders, 0);
	else if (get_field_once(t, md, holders))
		return;
	note(t, HOLDERS_GONE);
	if (has_sysfs(dm))
		dm_sysfs_exit(t, dm, md);
	if (wait && flushes_shared_queue(dm))
		flush_shared_queue(t, dm);
	dm_end_timer(t, dm, md);
	free_dev(t, dm, md);
}
