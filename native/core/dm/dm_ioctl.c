/* SPDX-License-Identifier: MIT */
#include "dm_refs.h"

/* --- the control device --- */

static bool ctl_open(struct task *t, struct dm *dm)
{
	return try_module_get(t, &dm->module);
}

static void ctl_close(struct task *t, struct dm *dm)
{
	module_put(t, &dm->module);
}

/* --- hash cells; every function below is called with _hash_lock held --- */

static struct word *name_bucket(struct dm *dm, uint32_t name)
{
	return &dm->names[name & dm->bucket_mask];
}

static struct word *uuid_bucket(struct dm *dm, uint32_t uuid)
{
	return &dm->uuids[uuid & dm->bucket_mask];
}

static struct hash_cell *first_cell(struct task *t, const struct word *bucket)
{
	return (struct hash_cell *)(uintptr_t)observe(t, word_load(t, bucket));
}

static struct hash_cell *cell_by_name(struct task *t, struct dm *dm, uint32_t name)
{
	struct hash_cell *cell;

	point(t, POINT_READ, name_bucket(dm, name), SITE("__get_name_cell(name)"));
	cell = first_cell(t, name_bucket(dm, name));
	while (cell && get_guarded(t, cell, name) != (long)name)
		cell = get_guarded(t, cell, next_name);
	return cell;
}

static struct hash_cell *cell_by_uuid(struct task *t, struct dm *dm, uint32_t uuid)
{
	struct hash_cell *cell;

	point(t, POINT_READ, uuid_bucket(dm, uuid), SITE("__get_uuid_cell(uuid)"));
	cell = first_cell(t, uuid_bucket(dm, uuid));
	while (cell && get_guarded(t, cell, uuid) != (long)uuid)
		cell = get_guarded(t, cell, next_uuid);
	return cell;
}

/* Through the IDR and back by interface_ptr; the cell may not be there yet. */
static struct hash_cell *cell_by_dev(struct task *t, struct dm *dm, uint32_t minor)
{
	enum by_number how = by_number(dm);
	struct mapped_device *md;
	struct hash_cell *cell;

	if (how == NO_NUMBERS)
		return NULL;
	if (how == BY_READ_INSIDE)
		return dm_find_cell(t, dm, minor);
	md = how == BY_BARE_READ ? dm_find_md(t, dm, minor) : dm_get_md(t, dm, minor);
	if (!md)
		return NULL;
	cell = get_field(t, md, interface_ptr);
	if (!cell)
		note(t, NO_CELL);
	if (how == BY_HELD_READ || (how == BY_REFERENCE && !cell && puts_unfound(dm)))
		dm_put(t, dm, md);
	return cell;
}

/*
 * Find a cell. With 06 or 06-merged its device's reference comes along, for the caller to put.
 */
static struct hash_cell *find_cell(struct task *t, struct dm *dm, enum dm_lookup how, uint32_t key)
{
	struct hash_cell *cell;

	if (how == BY_DEV)
		return cell_by_dev(t, dm, key);
	cell = how == BY_NAME ? cell_by_name(t, dm, key) : cell_by_uuid(t, dm, key);
	if (cell && lookups_return_references(dm))
		dm_get(t, dm, get_guarded(t, cell, md));
	return cell;
}

static void unlink_name(struct task *t, struct dm *dm, struct hash_cell *cell)
{
	struct word *bucket = name_bucket(dm, (uint32_t)get_guarded(t, cell, name));
	struct hash_cell *at = first_cell(t, bucket);

	if (at == cell) {
		word_store(t, bucket, (uintptr_t)get_guarded(t, cell, next_name));
		return;
	}
	while (get_guarded(t, at, next_name) != cell)
		at = get_guarded(t, at, next_name);
	set_guarded(t, at, next_name, get_guarded(t, cell, next_name));
}

static void unlink_uuid(struct task *t, struct dm *dm, struct hash_cell *cell)
{
	struct word *bucket = uuid_bucket(dm, (uint32_t)get_guarded(t, cell, uuid));
	struct hash_cell *at = first_cell(t, bucket);

	if (at == cell) {
		word_store(t, bucket, (uintptr_t)get_guarded(t, cell, next_uuid));
		return;
	}
	while (get_guarded(t, at, next_uuid) != cell)
		at = get_guarded(t, at, next_uuid);
	set_guarded(t, at, next_uuid, get_guarded(t, cell, next_uuid));
}

/* Unlink and free the cell and drop its reference, possibly the last. */
static void remove_cell(struct task *t, struct dm *dm, struct hash_cell *cell)
{
	struct mapped_device *md = get_guarded(t, cell, md);
	uint32_t name = (uint32_t)get_guarded(t, cell, name);

	point(t, POINT_WRITE, name_bucket(dm, name), SITE("list_del(&hc->name_list)"));
	unlink_name(t, dm, cell);
	point(t, POINT_WRITE, uuid_bucket(dm, name), SITE("list_del(&hc->uuid_list)"));
	unlink_uuid(t, dm, cell);
	set_field(t, md, interface_ptr, NULL);
	note(t, CELL_UNLINKED);
	dm_put(t, dm, md);
	ledger_free(t, dm->slab, CLASS_CELL, cell, SITE_OF_OBJECT(cell, "free_cell(hc)"));
}

/* Give @md a cell, which takes a reference. Returns 0, -EBUSY when the name is taken, -ENOMEM. */
static int insert_cell(struct task *t, struct dm *dm, struct mapped_device *md, uint32_t name)
{
	struct hash_cell *cell;

	if (cell_by_name(t, dm, name) || cell_by_uuid(t, dm, name))
		return -EBUSY;
	cell = ledger_alloc(t, dm->slab, CLASS_CELL, true);
	if (!cell)
		return -ENOMEM;
	set_guarded(t, cell, name, name);
	set_guarded(t, cell, uuid, name);
	set_guarded(t, cell, md, md);
	point(t, POINT_WRITE, name_bucket(dm, name), SITE("list_add(&hc->name_list)"));
	set_guarded(t, cell, next_name, word_load(t, name_bucket(dm, name)));
	word_store(t, name_bucket(dm, name), (uintptr_t)cell);
	point(t, POINT_WRITE, uuid_bucket(dm, name), SITE("list_add(&hc->uuid_list)"));
	set_guarded(t, cell, next_uuid, word_load(t, uuid_bucket(dm, name)));
	word_store(t, uuid_bucket(dm, name), (uintptr_t)cell);
	dm_get(t, dm, md);
	set_field(t, md, interface_ptr, cell);
	note(t, CELL_INSERTED);
	return 0;
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
	if (!r)
		r = minor;
out:
	ctl_close(t, dm);
	return r;
}

int dm_ioctl_remove(struct task *t, struct dm *dm, enum dm_lookup how, uint32_t key)
{
	struct mapped_device *md = NULL;
	struct hash_cell *cell;

	if (!ctl_open(t, dm))
		return -ENODEV;
	down_write_at(t, &dm->hash_lock, SITE("down_write(&_hash_lock)"));
	cell = find_cell(t, dm, how, key);
	if (cell) {
		md = get_guarded(t, cell, md);
		remove_cell(t, dm, cell);
	}
	up_write_at(t, &dm->hash_lock, SITE("up_write(&_hash_lock)"));
	if (md && lookups_return_references(dm))
		dm_put(t, dm, md);
	ctl_close(t, dm);
	return md ? 0 : -ENXIO;
}

/* Context: may sleep, takes _hash_lock. */
static void remove_all_cells(struct task *t, struct dm *dm)
{
	struct hash_cell *cell;

	down_write_at(t, &dm->hash_lock, SITE("down_write(&_hash_lock)"));
	for (unsigned int i = 0; i <= dm->bucket_mask; i++) {
		point(t, POINT_READ, &dm->names[i], SITE("dm_hash_remove_all()"));
		while ((cell = first_cell(t, &dm->names[i])))
			remove_cell(t, dm, cell);
	}
	up_write_at(t, &dm->hash_lock, SITE("up_write(&_hash_lock)"));
}

int dm_ioctl_remove_all(struct task *t, struct dm *dm)
{
	if (!ctl_open(t, dm))
		return -ENODEV;
	remove_all_cells(t, dm);
	ctl_close(t, dm);
	return 0;
}

/* Find a device, do @what with it, and put it. Returns what that returned, or -ENXIO. */
static int with_device(struct task *t, struct dm *dm, enum dm_lookup how, uint32_t key,
		       int (*what)(struct task *t, struct mapped_device *md))
{
	struct mapped_device *md;
	int r = -ENXIO;

	if (!ctl_open(t, dm))
		return -ENODEV;
	md = find_device(t, dm, how, key);
	if (md) {
		r = what(t, md);
		dm_put(t, dm, md);
	}
	ctl_close(t, dm);
	return r;
}

static int look_at(struct task *t, struct mapped_device *md)
{
	dm_use(t, md);
	return 0;
}

static int raise_event(struct task *t, struct mapped_device *md)
{
	dm_event(t, md);
	return 0;
}

/* Returns 0, or -EINTR when no event will come. */
static int wait_for_event(struct task *t, struct mapped_device *md)
{
	uint64_t seen = (uint64_t)get_field_once(t, md, event_nr);
	struct word *event_nr = field_word(md, FIELD_OFFSET(md, event_nr));

	might_sleep(t, "dm_wait_event(md)");
	return await_change_at(t, event_nr, seen, SITE_OF_FIELD(md, event_nr, "wait for event_nr"))
		       ? 0
		       : -EINTR;
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
	if (!ctl_open(t, dm))
		return -ENODEV;
	dm_put(t, dm, md);
	ctl_close(t, dm);
	return 0;
}

int dm_unload(struct task *t, struct dm *dm)
{
	const struct site *site = SITE("dm_exit()");
	int r = module_stop(t, &dm->module);

	if (r)
		return r;
	note(t, MODULE_GOING);
	remove_all_cells(t, dm);
	point(t, POINT_STOP, &dm->module.state, site);
	if (unlikely(observe(t, slab_live(dm->slab, CLASS_MD) != 0)))
		oops(t, MODULE_UNLOADED_IN_USE, site,
		     "every device is removed, and some are left: %llu",
		     (unsigned long long)slab_live(dm->slab, CLASS_MD));
	module_unloaded(t, &dm->module);
	note(t, MODULE_GONE);
	return 0;
}
