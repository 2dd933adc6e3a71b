/* SPDX-License-Identifier: MIT */
/* Tables: loaded, bound, suspended and resumed, and what of them destroy has to end. */
#include "dm_parts.h"

/* --- hooks --- */

/* The hooks of the targets, of which one device has one run at a time. They stop the timer. */
static void run_hooks(struct task *t, struct mapped_device *md)
{
	const struct site *site = SITE_OF_FIELD(md, hooks, "presuspend and postsuspend of targets");
	struct pool *pool;

	if (unlikely(observe(t, inc_field(t, md, hooks) > 0)))
		oops(t, HOOKS_OVERLAP, site, "suspend hooks of one device run twice at a time");
	note(t, HOOKS);
	pool = get_field(t, md, io_pool);
	set_field_once(t, pool, timer, 0);
	ref_put(t, md, hooks);
}

static bool is_suspended(struct task *t, struct mapped_device *md)
{
	return get_field_once(t, md, flags) & DMF_SUSPENDED;
}

/* R15, R15o: see hook_lock(). The read section ends before destroy waits for holders. */
void dm_end_hooks(struct task *t, struct dm *dm, struct mapped_device *md)
{
	enum hook_lock lock = hook_lock(dm);

	if (lock == LOCK_BEFORE_SECTION)
		mutex_lock(t, &dm->suspend_lock);
	inc_field(t, md, readers);
	if (lock == LOCK_IN_SECTION)
		mutex_lock(t, &dm->suspend_lock);
	if (!is_suspended(t, md))
		run_hooks(t, md);
	if (lock == LOCK_IN_SECTION)
		mutex_unlock(t, &dm->suspend_lock);
	ref_put(t, md, readers);
	if (lock == LOCK_BEFORE_SECTION)
		mutex_unlock(t, &dm->suspend_lock);
}

/* R22. Faults: pool-outstanding, when the timer would fire in a pool that is gone. */
void dm_end_timer(struct task *t, struct dm *dm, struct mapped_device *md)
{
	struct pool *pool = get_field(t, md, io_pool);

	if (stops_timer(dm))
		set_field_once(t, pool, timer, 0);
	if (unlikely(get_field_once(t, pool, timer)))
		oops(t, POOL_OUTSTANDING, SITE_OF_FIELD(pool, timer, "the target is destroyed"),
		     "its timer is armed");
}

/* --- suspend, load, resume --- */

/* P7: what stopping the queue touches. */
static void stop_queue(struct task *t, struct dm *dm, struct mapped_device *md)
{
	struct queue *queue;

	if (!peeks_at_queue(dm, get_field_once(t, md, map)))
		return;
	queue = get_field(t, md, queue);
	if (get_field(t, queue, type) == QUEUE_OF_REQUESTS)
		get_field(t, queue, tags);
}

static int suspend(struct task *t, struct dm *dm, struct mapped_device *md)
{
	int r = -EINVAL;

	mutex_lock(t, &dm->suspend_lock);
	if (!is_suspended(t, md)) {
		run_hooks(t, md);
		or_field(t, md, flags, DMF_SUSPENDED);
		note(t, SUSPENDED);
		wait_field(t, md, readers, 0);
		stop_queue(t, dm, md);
		wait_field(t, md, pending, 0);
		r = 0;
	}
	mutex_unlock(t, &dm->suspend_lock);
	return r;
}

static int load(struct task *t, struct dm *dm, struct mapped_device *md)
{
	struct queue *queue;

	/* The first table says what the queue is. */
	if (has_queue_types(dm) && !get_field_once(t, md, map)) {
		queue = get_field(t, md, queue);
		if (types_queue_late(dm))
			init_field(t, queue, type, QUEUE_OF_REQUESTS);
		else
			set_field(t, queue, type, QUEUE_OF_REQUESTS);
		note(t, TYPE_SET);
		init_field(t, queue, tags, 1);
	}
	or_field(t, md, map, MAP_LOADED);
	return 0;
}

/* P8: pools are made for the table that is bound. Faults: pool-outstanding. */
static void swap_pool(struct task *t, struct dm *dm, struct mapped_device *md)
{
	struct pool *pool = create_pool(t, dm), *old = get_field(t, md, io_pool);

	if (!pool)
		return;
	set_field(t, md, io_pool, pool);
	destroy_pool(t, dm, old);
}

static int resume(struct task *t, struct dm *dm, struct mapped_device *md)
{
	struct pool *pool;
	int r = -EINVAL;

	mutex_lock(t, &dm->suspend_lock);
	if (is_suspended(t, md)) {
		if (get_field_once(t, md, map) & MAP_LOADED) {
			if (swaps_pools(dm))
				swap_pool(t, dm, md);
			set_field_once(t, md, map, MAP_BOUND);
		}
		pool = get_field(t, md, io_pool);
		set_field_once(t, pool, timer, 1);
		note(t, TIMER_ARMED);
		clear_field(t, md, flags, DMF_SUSPENDED);
		r = 0;
	}
	mutex_unlock(t, &dm->suspend_lock);
	return r;
}

int dm_ioctl_suspend(struct task *t, struct dm *dm, uint32_t name)
{
	return with_device(t, dm, BY_NAME, name, suspend);
}

int dm_ioctl_resume(struct task *t, struct dm *dm, uint32_t name)
{
	return with_device(t, dm, BY_NAME, name, resume);
}

int dm_ioctl_load(struct task *t, struct dm *dm, uint32_t name)
{
	return with_device(t, dm, BY_NAME, name, load);
}

/* --- the devices of a table --- */

static int message(struct task *t, struct dm *dm, struct mapped_device *md)
{
	struct table_dev *dep, *next;

	if (locks_deps(dm))
		down_write(t, &dm->deps_lock);
	dep = ledger_alloc(t, dm->slab, CLASS_DEP, true);
	if (dep) {
		next = get_field(t, md, deps);
		set_field(t, dep, next, next);
		set_field(t, md, deps, dep);
		note_bare_list(t, dm, NOTE_DEP_LISTED);
		set_field(t, md, deps, next);
		ledger_free(t, dm->slab, CLASS_DEP, dep, SITE_OF_OBJECT(dep, "kfree(dd)"));
	}
	if (locks_deps(dm))
		up_write(t, &dm->deps_lock);
	return dep ? 0 : -ENOMEM;
}

static int walk_deps(struct task *t, struct dm *dm, struct mapped_device *md)
{
	if (locks_deps(dm))
		down_read(t, &dm->deps_lock);
	for (struct table_dev *dep = get_field(t, md, deps); dep; dep = get_field(t, dep, next))
		note_bare_list(t, dm, NOTE_DEP_READ);
	if (locks_deps(dm))
		up_read(t, &dm->deps_lock);
	return 0;
}

int dm_ioctl_message(struct task *t, struct dm *dm, uint32_t name)
{
	return with_device(t, dm, BY_NAME, name, message);
}

int dm_ioctl_deps(struct task *t, struct dm *dm, uint32_t name)
{
	return with_device(t, dm, BY_NAME, name, walk_deps);
}

/* --- origins --- */

void dm_set_origin(struct task *t, struct dm *dm, struct mapped_device *md, bool there)
{
	struct gendisk *disk = get_field(t, md, disk);

	mutex_lock(t, &dm->origins_lock);
	set_field(t, disk, origin, there ? md : NULL);
	mutex_unlock(t, &dm->origins_lock);
}

int dm_hold(struct task *t, struct dm *dm, uint32_t minor)
{
	struct mapped_device *md = NULL;
	struct gendisk *disk;
	int r = -ENXIO;

	if (!ctl_open(t, dm))
		return -ENODEV;
	mutex_lock(t, &dm->origins_lock);
	disk = block_lock_disk(t, dm->block, minor);
	if (disk)
		md = get_field(t, disk, origin);
	mutex_unlock(t, &dm->block->lock);
	if (md)
		r = hold_device(t, dm, md);
	mutex_unlock(t, &dm->origins_lock);
	if (!r) {
		dm_use(t, md);
		dm_put(t, dm, md);
	}
	ctl_close(t, dm);
	return r;
}
