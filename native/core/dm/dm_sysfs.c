/* SPDX-License-Identifier: MIT */
/* The directory of a device in sysfs: a kobject inside the device, which the disk leads to. */
#include "dm_parts.h"

void dm_sysfs_init(struct task *t, struct dm *dm, struct mapped_device *md)
{
	struct gendisk *disk = get_field(t, md, disk);

	set_field(t, md, kobj_refs, 1);
	mutex_lock(t, &dm->block->lock);
	set_field(t, disk, kobj, md);
	mutex_unlock(t, &dm->block->lock);
}

void dm_sysfs_exit(struct task *t, struct dm *dm, struct mapped_device *md)
{
	struct gendisk *disk = get_field(t, md, disk);
	bool last;

	mutex_lock(t, &dm->block->lock);
	set_field(t, disk, kobj, NULL);
	mutex_unlock(t, &dm->block->lock);
	wait_field(t, md, kobj_active, 0);
	last = ref_put(t, md, kobj_refs);
	if (!last && waits_for_kobject(dm))
		wait_field(t, md, kobj_refs, 0);
}

/* The device of @minor with its kobject held, or NULL. */
static struct mapped_device *hold_kobject(struct task *t, struct dm *dm, uint32_t minor)
{
	struct gendisk *disk = block_lock_disk(t, dm->block, minor);
	struct mapped_device *md = disk ? get_field(t, disk, kobj) : NULL;

	if (md) {
		inc_field(t, md, kobj_refs);
		inc_field(t, md, kobj_active);
	}
	mutex_unlock(t, &dm->block->lock);
	if (md)
		note(t, KOBJECT_HELD);
	return md;
}

int dm_sysfs_read(struct task *t, struct dm *dm, uint32_t minor)
{
	struct mapped_device *md;
	bool found;

	if (!ctl_open(t, dm))
		return -ENODEV;
	md = hold_kobject(t, dm, minor);
	if (!md) {
		ctl_close(t, dm);
		return -ENOENT;
	}
	found = get_from_kobject(t, dm, md);
	if (found) {
		get_field(t, md, name);
		dm_put(t, dm, md);
	}
	ref_put(t, md, kobj_active);
	note(t, KOBJECT_IDLE);
	ref_put(t, md, kobj_refs);
	ctl_close(t, dm);
	return found ? 0 : -EINVAL;
}
