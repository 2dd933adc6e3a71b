/* SPDX-License-Identifier: MIT */
#include "dm_parts.h"

/* --- minors --- */

static int specific_minor(struct task *t, struct dm *dm, struct mapped_device *md, uint32_t minor)
{
	int id = -1, r;

	if (minor >= DM_MINORS)
		return -EINVAL;
	r = preload_before_lock(t, dm);
	if (r)
		return r;
	minor_lock(t, dm);
	idr_point(t, dm, POINT_READ, SITE("idr_find(&_minor_idr, minor)"));
	r = -EBUSY;
	if (observe(t, idr_find(&dm->minor_idr, (int)minor) != NULL))
		goto out;
	r = preload_under_lock(t, dm);
	if (r)
		goto out;
	idr_point(t, dm, POINT_WRITE, SITE("idr_get_new_above(&_minor_idr, md, minor)"));
	r = idr_get_new_above(t, &dm->minor_idr, minor_mark(dm, md), (int)minor, &id);
	if (observe(t, !r && id != (int)minor)) {
		idr_remove(t, &dm->minor_idr, id, NULL);
		r = -EBUSY;
	}
out:
	minor_unlock(t, dm);
	return r;
}

static int next_free_minor(struct task *t, struct dm *dm, struct mapped_device *md, uint32_t *minor)
{
	int id = -1, r;

	r = preload_before_lock(t, dm);
	if (r)
		return r;
	minor_lock(t, dm);
	r = preload_under_lock(t, dm);
	if (r)
		goto out;
	idr_point(t, dm, POINT_WRITE, SITE("idr_get_new(&_minor_idr, md)"));
	r = idr_get_new(t, &dm->minor_idr, minor_mark(dm, md), &id);
	if (r)
		goto out;
	if (id >= (int)DM_MINORS) {
		idr_remove(t, &dm->minor_idr, id, NULL);
		r = -ENOSPC;
		goto out;
	}
	*minor = (uint32_t)observe(t, (uint64_t)id);
out:
	minor_unlock(t, dm);
	return r;
}

void free_minor(struct task *t, struct dm *dm, uint32_t minor)
{
	minor_lock(t, dm);
	idr_point(t, dm, POINT_WRITE, SITE("idr_remove(&_minor_idr, minor)"));
	idr_remove(t, &dm->minor_idr, (int)minor, NULL);
	minor_unlock(t, dm);
	note(t, MINOR_FREED);
}

/* --- building a device --- */

/* The failure after which 2.6.16 cleaned nothing up: it is injected. */
static bool queue_fails(struct task *t, struct dm *dm, enum dm_failure fails)
{
	might_sleep(t, "blk_alloc_queue(GFP_KERNEL)");
	return fails == FAILS_QUEUE || slab_injects_failure(t, dm->slab, dm->fail_queue_permille);
}

struct pool *create_pool(struct task *t, struct dm *dm)
{
	return ledger_alloc(t, dm->slab, CLASS_POOL, true);
}

/* A3, A4: from garbage to a device that nobody may use yet. */
static void init_md(struct task *t, struct mapped_device *md)
{
	ledger_zero(t, md, sizeof(struct mapped_device), SITE_OF_OBJECT(md, "memset(md, 0)"));
	ledger_zero_is_built(t, md,
			     FIELD_BIT(md, opens) | FIELD_BIT(md, events) | FIELD_BIT(md, map) |
				     FIELD_BIT(md, hooks) | FIELD_BIT(md, readers) |
				     FIELD_BIT(md, kobj_refs) | FIELD_BIT(md, kobj_active) |
				     FIELD_BIT(md, deps));
	note(t, MD_ZEROED);
	init_field(t, md, holders, 1);
	note(t, HOLDERS_SET);
	init_field(t, md, flags, 0);
	init_field(t, md, event_nr, 0);
	init_field(t, md, interface_ptr, NULL);
}

/* A12: what came after the announcement before patch 08. */
static void init_waits(struct task *t, struct mapped_device *md)
{
	init_field(t, md, pending, 0);
	init_field(t, md, wait, 1);
	init_field(t, md, eventq, 1);
	note(t, FULLY_BUILT);
}

/*
 * A5 to A9. Returns 0, or -ENXIO with everything it took given back, and the minor, too. Before R2
 * that was forgotten when the queue cannot be allocated: the IDR keeps a dangling pointer, or after
 * 02 the number for ever.
 */
static int build_parts(struct task *t, struct dm *dm, struct mapped_device *md, uint32_t minor,
		       enum dm_failure fails)
{
	struct pool *io_pool, *tio_pool;
	struct gendisk *disk;
	struct queue *queue;
	const struct site *undo = SITE_OF_OBJECT(queue, "unwinding alloc_dev()");

	if (queue_fails(t, dm, fails)) {
		if (frees_number_of_queue(dm))
			free_minor(t, dm, minor);
		return -ENXIO;
	}
	/* The end of a world's memory is nobody's doing: no leak of the protocol's. */
	queue = ledger_alloc(t, dm->slab, CLASS_QUEUE, true);
	if (!queue)
		goto bad_queue;
	if (has_queue_types(dm))
		ledger_zero_is_unbuilt(t, queue, FIELD_BIT(queue, type) | FIELD_BIT(queue, tags));
	set_field(t, queue, queuedata, md);
	init_field(t, md, queue, queue);
	note(t, QUEUE_READY);
	io_pool = create_pool(t, dm);
	if (!io_pool)
		goto bad_io_pool;
	init_field(t, md, io_pool, io_pool);
	tio_pool = create_pool(t, dm);
	if (!tio_pool)
		goto bad_tio_pool;
	init_field(t, md, tio_pool, tio_pool);
	note(t, POOLS_READY);
	disk = fails == FAILS_DISK ? NULL : alloc_disk(t, dm->block);
	if (!disk) {
		follow_disk_error(t, dm, md);
		goto bad_disk;
	}
	init_field(t, md, disk, disk);
	note(t, DISK_ALLOCATED);
	return 0;
bad_disk:
	destroy_pool(t, dm, tio_pool);
bad_tio_pool:
	destroy_pool(t, dm, io_pool);
bad_io_pool:
	ledger_free(t, dm->slab, CLASS_QUEUE, queue, undo);
bad_queue:
	free_minor(t, dm, minor);
	return -ENXIO;
}

static void init_type(struct task *t, struct mapped_device *md)
{
	struct queue *queue = get_field(t, md, queue);

	init_field(t, queue, type, QUEUE_OF_BIOS);
}

/* A10 to A13. */
static void announce(struct task *t, struct dm *dm, struct mapped_device *md, uint32_t minor)
{
	struct gendisk *disk = get_field(t, md, disk);

	if (inits_before_announce(dm))
		init_waits(t, md);
	set_field(t, disk, first_minor, minor);
	set_field(t, disk, private_data, md);
	init_field(t, md, name, minor);
	note(t, DISK_WIRED);
	if (has_queue_types(dm) && !types_queue_late(dm))
		init_type(t, md);
	if (names_bdi_late(dm))
		bdi_register(t, dm->block, get_field(t, md, queue), minor);
	add_disk(t, dm->block, disk);
	note(t, ANNOUNCED);
	if (!inits_before_announce(dm))
		init_waits(t, md);
}

/* Returns the device with one reference, NULL on failure. */
static struct mapped_device *alloc_dev(struct task *t, struct dm *dm, uint32_t minor,
				       enum dm_failure fails)
{
	struct mapped_device *md;
	int r;

	might_sleep(t, "kmalloc(md, GFP_KERNEL)");
	md = ledger_alloc(t, dm->slab, CLASS_MD, false);
	if (!md)
		return NULL;
	note(t, MD_ALLOCATED);
	if (!pin_module(t, dm))
		goto bad_module;
	if (minor == DM_ANY_MINOR)
		r = next_free_minor(t, dm, md, &minor);
	else
		r = specific_minor(t, dm, md, minor);
	if (r)
		goto bad_minor;
	note(t, NOW_IN_IDR);
	init_md(t, md);
	if (build_parts(t, dm, md, minor, fails))
		goto bad_minor;
	announce(t, dm, md, minor);
	if (publish(t, dm, md, minor)) {
		dm_put(t, dm, md);
		if (destroys_apart(dm))
			dm_destroy(t, dm, md, true);
		return NULL;
	}
	return md;
bad_minor:
	unpin_module(t, dm);
bad_module:
	ledger_free(t, dm->slab, CLASS_MD, md,
		    SITE_OF_OBJECT(md, "kfree(md), unwinding alloc_dev()"));
	return NULL;
}

/* --- looking it up --- */

int dm_create(struct task *t, struct dm *dm, uint32_t minor, enum dm_failure fails,
	      struct mapped_device **md)
{
	module_text(t, &dm->module, SITE("dm_create()"));
	*md = alloc_dev(t, dm, minor, fails);
	if (*md && has_sysfs(dm))
		dm_sysfs_init(t, dm, *md);
	if (*md && has_origins(dm))
		dm_set_origin(t, dm, *md, true);
	return *md ? 0 : -ENXIO;
}

/* Context: holds _minor_lock. Returns the device without a reference, or NULL. */
static __always_inline struct mapped_device *find_md(struct task *t, struct dm *dm, uint32_t minor)
{
	struct mapped_device *md;
	struct gendisk *disk;

	idr_point(t, dm, POINT_READ, SITE("idr_find(&_minor_idr, minor)"));
	md = (struct mapped_device *)(uintptr_t)observe(
		t, (uintptr_t)idr_find(&dm->minor_idr, (int)minor));
	if (is_nobody(dm, md))
		return NULL;
	disk = get_field(t, md, disk);
	if (get_field(t, disk, first_minor) != (long)minor || is_going(t, md, hiding_flags(dm)))
		return NULL;
	note(t, FOUND_IN_IDR);
	return md;
}

struct hash_cell *dm_find_cell(struct task *t, struct dm *dm, uint32_t minor)
{
	struct hash_cell *cell = NULL;
	struct mapped_device *md;

	module_text(t, &dm->module, SITE("dm_get_mdptr(dev)"));
	if (minor >= DM_MINORS)
		return NULL;
	minor_lock(t, dm);
	md = find_md(t, dm, minor);
	if (md)
		cell = get_field(t, md, interface_ptr);
	minor_unlock(t, dm);
	return cell;
}

struct mapped_device *dm_find_md(struct task *t, struct dm *dm, uint32_t minor)
{
	struct mapped_device *md;

	module_text(t, &dm->module, SITE("dm_find_md(dev)"));
	if (minor >= DM_MINORS)
		return NULL;
	minor_lock(t, dm);
	md = find_md(t, dm, minor);
	minor_unlock(t, dm);
	if (md)
		note(t, FOUND_UNLOCKED);
	return md;
}

struct mapped_device *dm_get_md(struct task *t, struct dm *dm, uint32_t minor)
{
	struct mapped_device *md;

	module_text(t, &dm->module, SITE("dm_get_md(dev)"));
	if (minor >= DM_MINORS)
		return NULL;
	minor_lock(t, dm);
	md = find_md(t, dm, minor);
	if (md && gets_under_lock(dm))
		dm_get(t, dm, md);
	minor_unlock(t, dm);
	if (md && !gets_under_lock(dm)) {
		note(t, FOUND_UNLOCKED);
		dm_get(t, dm, md);
	}
	return md;
}

uint32_t dm_minor(struct task *t, struct mapped_device *md)
{
	struct gendisk *disk = get_field(t, md, disk);

	return (uint32_t)get_field(t, disk, first_minor);
}

void dm_use(struct task *t, struct mapped_device *md)
{
	get_field_once(t, md, event_nr);
}
