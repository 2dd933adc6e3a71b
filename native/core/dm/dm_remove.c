/* SPDX-License-Identifier: MIT */
/* How devices lose their names, and with them their last reference or their life. */
#include "dm_parts.h"

static int remove_device(struct task *t, struct dm *dm, enum dm_lookup how, uint32_t key,
			 enum removal removal)
{
	struct mapped_device *md = NULL;
	struct hash_cell *cell;
	int r = -ENXIO;

	if (!ctl_open(t, dm))
		return -ENODEV;
	down_write_at(t, &dm->hash_lock, SITE("down_write(&_hash_lock)"));
	cell = find_cell(t, dm, how, key);
	if (cell) {
		md = get_guarded(t, cell, md);
		r = lock_for_deletion(t, dm, md, removal);
		if (!r)
			remove_cell(t, dm, cell);
	}
	up_write_at(t, &dm->hash_lock, SITE("up_write(&_hash_lock)"));
	if (md && lookups_return_references(dm))
		dm_put(t, dm, md);
	if (!r && destroys_apart(dm))
		dm_destroy(t, dm, md, true);
	ctl_close(t, dm);
	return r == -EBUSY && removal == REMOVE_WHEN_CLOSED && defers_removal(dm) ? 0 : r;
}

int dm_ioctl_remove(struct task *t, struct dm *dm, enum dm_lookup how, uint32_t key)
{
	return remove_device(t, dm, how, key, REMOVE_NOW);
}

int dm_ioctl_remove_deferred(struct task *t, struct dm *dm, uint32_t name)
{
	return remove_device(t, dm, BY_NAME, name, REMOVE_WHEN_CLOSED);
}

/* How dm_hash_remove_all() goes on. */
struct sweep {
	enum removal removal;
	bool everything;       /* also what is open, and destroy waits for nobody */
	bool skipped, removed; /* since it began anew */
};

/* The first cell of a bucket whose device may go. Context: holds _hash_lock. */
static struct hash_cell *first_to_go(struct task *t, struct dm *dm, const struct word *bucket,
				     struct sweep *sweep)
{
	struct hash_cell *cell = first_cell(t, bucket);

	while (cell && !sweep->everything &&
	       lock_for_deletion(t, dm, get_guarded(t, cell, md), sweep->removal)) {
		sweep->skipped = true;
		cell = get_guarded(t, cell, next_name);
	}
	return cell;
}

/* Destroy a device that has lost its name. Returns whether _hash_lock was dropped for it. */
static bool destroy_one(struct task *t, struct dm *dm, struct mapped_device *md,
			const struct sweep *sweep)
{
	bool relocks = relocks_between_devices(dm);

	if (!destroys_apart(dm))
		return false;
	if (relocks)
		up_write_at(t, &dm->hash_lock, SITE("up_write(&_hash_lock)"));
	dm_destroy(t, dm, md, !sweep->everything);
	if (relocks)
		down_write_at(t, &dm->hash_lock, SITE("down_write(&_hash_lock)"));
	return relocks;
}

/* One round through all buckets. Returns whether another one may find more. */
static bool sweep_once(struct task *t, struct dm *dm, struct sweep *sweep)
{
	struct hash_cell *cell;

	sweep->skipped = sweep->removed = false;
	for (unsigned int i = 0; i <= dm->bucket_mask; i++) {
		point(t, POINT_READ, &dm->names[i], SITE("dm_hash_remove_all()"));
		while ((cell = first_to_go(t, dm, &dm->names[i], sweep))) {
			struct mapped_device *md = get_guarded(t, cell, md);

			sweep->removed = true;
			remove_cell(t, dm, cell);
			if (destroy_one(t, dm, md, sweep))
				return true;
		}
	}
	return sweep->skipped && sweep->removed;
}

/* Context: may sleep, takes _hash_lock. */
static void remove_all_cells(struct task *t, struct dm *dm, enum removal removal, bool everything)
{
	struct sweep sweep = {.removal = removal, .everything = everything};

	down_write_at(t, &dm->hash_lock, SITE("down_write(&_hash_lock)"));
	while (sweep_once(t, dm, &sweep))
		;
	up_write_at(t, &dm->hash_lock, SITE("up_write(&_hash_lock)"));
}

int dm_ioctl_remove_all(struct task *t, struct dm *dm)
{
	if (!ctl_open(t, dm))
		return -ENODEV;
	remove_all_cells(t, dm, REMOVE_NOW, false);
	ctl_close(t, dm);
	return 0;
}

int dm_empty(struct task *t, struct dm *dm)
{
	if (!ctl_open(t, dm))
		return -ENODEV;
	remove_all_cells(t, dm, REMOVE_NOW, true);
	ctl_close(t, dm);
	return 0;
}

/* Take what is queued. Returns false when nothing will be. */
static bool take_work(struct task *t, struct work_queue *queue, bool waits)
{
	const struct site *site = SITE("worker_thread()");

	while (word_cas(t, &queue->queued, 1, 0, ORDER_ACQ_REL, site) != 1)
		if (!waits || !await_change_at(t, &queue->queued, 0, site))
			return false;
	return true;
}

static void add_running(struct task *t, struct work_queue *queue, uint64_t delta,
			const struct site *site)
{
	word_point(t, POINT_RMW, &queue->running, ORDER_FULL, site);
	word_add(t, &queue->running, delta);
}

int dm_worker(struct task *t, struct dm *dm, bool waits)
{
	struct work_queue *queue = removal_queue(dm);

	if (!take_work(t, queue, waits))
		return waits ? -EINTR : -EAGAIN;
	add_running(t, queue, 1, SITE("process_one_work(): begins"));
	remove_all_cells(t, dm, REMOVE_IF_MARKED, false);
	add_running(t, queue, -(uint64_t)1, SITE("process_one_work(): ends"));
	return 0;
}

int dm_unload(struct task *t, struct dm *dm)
{
	const struct site *site = SITE("dm_exit()");
	int r = module_stop(t, &dm->module);

	if (r)
		return r;
	note(t, MODULE_GOING);
	remove_all_cells(t, dm, REMOVE_NOW, true);
	point(t, POINT_STOP, &dm->module.state, site);
	if (ORACLE_LOOKS && unlikely(observe(t, slab_live(dm->slab, CLASS_MD) != 0)))
		oops(t, MODULE_UNLOADED_IN_USE, site,
		     "every device is removed, and some are left: %llu",
		     (unsigned long long)slab_live(dm->slab, CLASS_MD));
	module_unloaded(t, &dm->module);
	note(t, MODULE_GONE);
	return 0;
}
