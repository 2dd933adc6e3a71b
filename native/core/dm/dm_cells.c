/* SPDX-License-Identifier: MIT */
/* Hash cells: the names and uuids of devices, guarded by _hash_lock. */
#include "dm_parts.h"

static struct word *name_bucket(struct dm *dm, uint32_t name)
{
	return &dm->names[name & dm->bucket_mask];
}

static struct word *uuid_bucket(struct dm *dm, uint32_t uuid)
{
	return &dm->uuids[uuid & dm->bucket_mask];
}

struct hash_cell *first_cell(struct task *t, const struct word *bucket)
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

struct hash_cell *find_cell(struct task *t, struct dm *dm, enum dm_lookup how, uint32_t key)
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

void remove_cell(struct task *t, struct dm *dm, struct hash_cell *cell)
{
	struct mapped_device *md = get_guarded(t, cell, md);
	uint32_t name = (uint32_t)get_guarded(t, cell, name);

	send_events(t, dm, md);
	point(t, POINT_WRITE, name_bucket(dm, name), SITE("list_del(&hc->name_list)"));
	unlink_name(t, dm, cell);
	point(t, POINT_WRITE, uuid_bucket(dm, name), SITE("list_del(&hc->uuid_list)"));
	unlink_uuid(t, dm, cell);
	set_field(t, md, interface_ptr, NULL);
	note(t, CELL_UNLINKED);
	dm_put(t, dm, md);
	ledger_free(t, dm->slab, CLASS_CELL, cell, SITE_OF_OBJECT(cell, "free_cell(hc)"));
}

int insert_cell(struct task *t, struct dm *dm, struct mapped_device *md, uint32_t name)
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
