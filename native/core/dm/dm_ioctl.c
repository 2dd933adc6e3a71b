/* SPDX-License-Identifier: MIT */
#include "dm_parts.h"

/* --- the control device --- */

bool ctl_open(struct task *t, struct dm *dm)
{
	return try_module_get(t, &dm->module);
}

void ctl_close(struct task *t, struct dm *dm)
{
	module_put(t, &dm->module);
}

/* --- finding a device --- */

/* Returns the device with a reference for the caller, or NULL. Context: takes _hash_lock. */
static struct mapped_device *find_device(struct task *t, struct dm *dm, enum dm_lookup how,
					 uint32_t key)
{
	struct mapped_device *md = NULL;
	struct hash_cell *cell;

	down_read_at(t, &dm->hash_lock, SITE("down_read(&_hash_lock)"));
	cell = find_cell(t, dm, how, key);
	if (cell) {
		md = get_guarded(t, cell, md);
		if (!lookups_return_references(dm))
			dm_get(t, dm, md);
	}
	up_read_at(t, &dm->hash_lock, SITE("up_read(&_hash_lock)"));
	return md;
}

/* --- the ioctls --- */

int64_t dm_ioctl_create(struct task *t, struct dm *dm, uint32_t minor, uint32_t name,
			enum dm_failure fails)
{
	struct mapped_device *md;
	int64_t r;

	if (!ctl_open(t, dm))
		return -ENODEV;
	r = dm_create(t, dm, minor, fails, &md);
	if (r)
		goto out;
	if (minor == DM_ANY_MINOR)
		minor = dm_minor(t, md);
	if (name == DM_OWN_NAME)
		name = minor;
	down_write_at(t, &dm->hash_lock, SITE("down_write(&_hash_lock)"));
	r = insert_cell(t, dm, md, name);
	up_write_at(t, &dm->hash_lock, SITE("up_write(&_hash_lock)"));
	/* Where the name is taken this is the last put, of a device that everybody can find. */
	dm_put(t, dm, md);
	if (r && destroys_apart(dm))
		dm_destroy(t, dm, md, true);
	if (!r)
		r = minor;
out:
	ctl_close(t, dm);
	return r;
}

int with_device(struct task *t, struct dm *dm, enum dm_lookup how, uint32_t key,
		int (*what)(struct task *t, struct dm *dm, struct mapped_device *md))
{
	struct mapped_device *md;
	int r = -ENXIO;

	if (!ctl_open(t, dm))
		return -ENODEV;
	md = find_device(t, dm, how, key);
	if (md) {
		r = what(t, dm, md);
		dm_put(t, dm, md);
	}
	ctl_close(t, dm);
	return r;
}

static int look_at(struct task *t, struct dm *dm, struct mapped_device *md)
{
	(void)dm;
	dm_use(t, md);
	return 0;
}

static int raise_event(struct task *t, struct dm *dm, struct mapped_device *md)
{
	queue_event(t, dm, md);
	send_events(t, dm, md);
	dm_event(t, md);
	return 0;
}

/* Returns 0, or -EINTR when no event will come. */
static int wait_for_event(struct task *t, struct dm *dm, struct mapped_device *md)
{
	uint64_t seen = (uint64_t)get_field_once(t, md, event_nr);
	struct word *event_nr = field_word(md, FIELD_OFFSET(md, event_nr));

	(void)dm;
	might_sleep(t, "dm_wait_event(md)");
	return await_change_at(t, event_nr, seen, SITE_OF_FIELD(md, event_nr, "wait for event_nr"))
		       ? 0
		       : -EINTR;
}

/* R8's other side: the reference is held while _hash_lock is taken again. */
static int look_at_inactive(struct task *t, struct dm *dm, struct mapped_device *md)
{
	int r = -ENXIO;

	down_read_at(t, &dm->hash_lock, SITE("down_read(&_hash_lock)"));
	if (get_field(t, md, interface_ptr))
		r = 0;
	up_read_at(t, &dm->hash_lock, SITE("up_read(&_hash_lock)"));
	return r;
}

int dm_ioctl_inactive(struct task *t, struct dm *dm, uint32_t name)
{
	return with_device(t, dm, BY_NAME, name, look_at_inactive);
}

int dm_ioctl_status(struct task *t, struct dm *dm, enum dm_lookup how, uint32_t key)
{
	return with_device(t, dm, how, key, look_at);
}

int dm_ioctl_event(struct task *t, struct dm *dm, uint32_t name)
{
	return with_device(t, dm, BY_NAME, name, raise_event);
}

int dm_ioctl_wait(struct task *t, struct dm *dm, uint32_t name)
{
	return with_device(t, dm, BY_NAME, name, wait_for_event);
}

int dm_raw_get(struct task *t, struct dm *dm, uint32_t minor, struct mapped_device **md)
{
	if (!ctl_open(t, dm))
		return -ENODEV;
	*md = has_get_md(dm) ? dm_get_md(t, dm, minor) : NULL;
	if (*md)
		dm_use(t, *md);
	ctl_close(t, dm);
	if (*md)
		note(t, REFERENCE_KEPT);
	return *md ? 0 : -ENXIO;
}

int dm_raw_put(struct task *t, struct dm *dm, struct mapped_device *md)
{
	if (!ctl_open(t, dm)) {
		/* A holder of a reference calls this function, wherever its code has gone. */
		module_text(t, &dm->module, SITE("dm_put(md)"));
		return -ENODEV;
	}
	dm_put(t, dm, md);
	ctl_close(t, dm);
	return 0;
}
