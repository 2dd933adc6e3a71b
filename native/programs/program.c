/* SPDX-License-Identifier: MIT */
#include "program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- what a player holds --- */

void player_begin(struct player *p, struct world *w, unsigned int cpu)
{
	task_init(&p->task, &w->machine, cpu);
	p->world = w;
	p->opens = (struct holdings){.item = p->slots, .capacity = PLAYER_SLOTS};
	p->gets = (struct holdings){.item = p->slots + PLAYER_SLOTS, .capacity = PLAYER_SLOTS};
	p->adds_seen = word_peek(&w->block.adds);
	p->faulted = false;
	p->op = NO_OP;
	p->minor = NO_MINOR;
}

/* Index of the youngest holding of @minor, or -1. */
static int64_t find_holding(const struct holdings *h, uint32_t minor)
{
	for (int64_t i = (int64_t)h->count - 1; i >= 0; i--)
		if (h->item[i].minor == minor)
			return i;
	return -1;
}

/* Take the youngest holding of @minor out. Returns its object, or NULL. */
static void *take_holding(struct holdings *h, uint32_t minor)
{
	int64_t i = find_holding(h, minor);
	void *object;

	if (i < 0)
		return NULL;
	object = h->item[i].object;
	memmove(&h->item[i], &h->item[i + 1], (h->count - (size_t)i - 1) * sizeof(*h->item));
	h->count--;
	return object;
}

static void add_holding(struct holdings *h, uint32_t minor, void *object)
{
	h->item[h->count++] = (struct holding){.minor = minor, .object = object};
}

/* --- operations --- */

static int64_t op_create(struct player *p, uint32_t minor)
{
	return dm_ioctl_create(&p->task, &p->world->dm, minor, p->name, FAILS_NOTHING);
}

static int64_t op_create_fails(struct player *p, uint32_t minor)
{
	return dm_ioctl_create(&p->task, &p->world->dm, minor, p->name, FAILS_QUEUE);
}

static int64_t op_remove(struct player *p, uint32_t minor)
{
	return dm_ioctl_remove(&p->task, &p->world->dm, BY_NAME, minor);
}

static int64_t op_remove_uuid(struct player *p, uint32_t minor)
{
	return dm_ioctl_remove(&p->task, &p->world->dm, BY_UUID, minor);
}

static int64_t op_remove_dev(struct player *p, uint32_t minor)
{
	return dm_ioctl_remove(&p->task, &p->world->dm, BY_DEV, minor);
}

static int64_t op_remove_all(struct player *p, uint32_t minor)
{
	(void)minor;
	return dm_ioctl_remove_all(&p->task, &p->world->dm);
}

static int64_t op_status(struct player *p, uint32_t minor)
{
	return dm_ioctl_status(&p->task, &p->world->dm, BY_NAME, minor);
}

static int64_t op_find_uuid(struct player *p, uint32_t minor)
{
	return dm_ioctl_status(&p->task, &p->world->dm, BY_UUID, minor);
}

static int64_t op_find(struct player *p, uint32_t minor)
{
	return dm_ioctl_status(&p->task, &p->world->dm, BY_DEV, minor);
}

static int64_t op_get(struct player *p, uint32_t minor)
{
	struct mapped_device *md;
	int r;

	if (p->gets.count == p->gets.capacity)
		return -EMFILE;
	r = dm_raw_get(&p->task, &p->world->dm, minor, &md);
	if (!r)
		add_holding(&p->gets, minor, md);
	return r;
}

static int64_t op_put(struct player *p, uint32_t minor)
{
	struct mapped_device *md = take_holding(&p->gets, minor);

	return md ? dm_raw_put(&p->task, &p->world->dm, md) : -EBADF;
}

static int64_t op_open(struct player *p, uint32_t minor)
{
	struct gendisk *disk;
	int r;

	if (p->opens.count == p->opens.capacity)
		return -EMFILE;
	r = blkdev_open(&p->task, &p->world->block, minor, &disk);
	if (!r)
		add_holding(&p->opens, minor, disk);
	return r;
}

static int64_t op_close(struct player *p, uint32_t minor)
{
	struct gendisk *disk = take_holding(&p->opens, minor);

	if (!disk)
		return -EBADF;
	blkdev_close(&p->task, &p->world->block, disk);
	return 0;
}

static struct gendisk *opened(const struct player *p, uint32_t minor)
{
	int64_t i = find_holding(&p->opens, minor);

	return i < 0 ? NULL : p->opens.item[i].object;
}

static int64_t op_io(struct player *p, uint32_t minor)
{
	struct gendisk *disk = opened(p, minor);

	if (!disk)
		return -EBADF;
	return dm_blk_io(&p->task, &p->world->dm, disk);
}

static int64_t op_query(struct player *p, uint32_t minor)
{
	struct gendisk *disk = opened(p, minor);

	if (!disk)
		return -EBADF;
	dm_blk_query(&p->task, &p->world->dm, disk);
	return 0;
}

static int64_t op_event(struct player *p, uint32_t minor)
{
	return dm_ioctl_event(&p->task, &p->world->dm, minor);
}

static int64_t op_wait(struct player *p, uint32_t minor)
{
	return dm_ioctl_wait(&p->task, &p->world->dm, minor);
}

/* What udev does with a new disk: open it, read from it, ask about it, close it. */
static int64_t handle_uevent(struct player *p, uint32_t minor)
{
	struct gendisk *disk;
	int r;

	p->task.common.in_uevent = true;
	r = blkdev_open(&p->task, &p->world->block, minor, &disk);
	if (!r) {
		dm_blk_io(&p->task, &p->world->dm, disk);
		dm_blk_query(&p->task, &p->world->dm, disk);
		blkdev_close(&p->task, &p->world->block, disk);
	}
	p->task.common.in_uevent = false;
	return r;
}

static int64_t op_uevent(struct player *p, uint32_t minor)
{
	struct block *block = &p->world->block;
	int64_t added;

	if (p->storms && word_peek(&block->adds) == p->adds_seen)
		return -EAGAIN;
	do {
		added = wait_for_add(&p->task, block, &p->adds_seen);
		if (added < 0)
			return -EINTR;
	} while (minor != DM_ANY_MINOR && (uint32_t)added != minor);
	return handle_uevent(p, (uint32_t)added);
}

static int64_t op_inactive(struct player *p, uint32_t minor)
{
	return dm_ioctl_inactive(&p->task, &p->world->dm, minor);
}

static int64_t op_sysfs(struct player *p, uint32_t minor)
{
	return dm_sysfs_read(&p->task, &p->world->dm, minor);
}

static int64_t op_remove_deferred(struct player *p, uint32_t minor)
{
	return dm_ioctl_remove_deferred(&p->task, &p->world->dm, minor);
}

static int64_t op_worker(struct player *p, uint32_t minor)
{
	(void)minor;
	return dm_worker(&p->task, &p->world->dm, !p->storms);
}

static int64_t op_suspend(struct player *p, uint32_t minor)
{
	return dm_ioctl_suspend(&p->task, &p->world->dm, minor);
}

static int64_t op_resume(struct player *p, uint32_t minor)
{
	return dm_ioctl_resume(&p->task, &p->world->dm, minor);
}

static int64_t op_load(struct player *p, uint32_t minor)
{
	return dm_ioctl_load(&p->task, &p->world->dm, minor);
}

static int64_t op_hold(struct player *p, uint32_t minor)
{
	return dm_hold(&p->task, &p->world->dm, minor);
}

static int64_t op_create_disk_fails(struct player *p, uint32_t minor)
{
	return dm_ioctl_create(&p->task, &p->world->dm, minor, p->name, FAILS_DISK);
}

static int64_t op_message(struct player *p, uint32_t minor)
{
	return dm_ioctl_message(&p->task, &p->world->dm, minor);
}

static int64_t op_deps(struct player *p, uint32_t minor)
{
	return dm_ioctl_deps(&p->task, &p->world->dm, minor);
}

static int64_t op_unload(struct player *p, uint32_t minor)
{
	int r = dm_unload(&p->task, &p->world->dm);

	(void)minor;
	if (!r && p->storms)
		module_load(&p->task, &p->world->dm.module);
	return r;
}

static int64_t (*const op_run[OP_COUNT])(struct player *p, uint32_t minor) = {
	[OP_CREATE] = op_create,
	[OP_REMOVE] = op_remove,
	[OP_REMOVE_UUID] = op_remove_uuid,
	[OP_REMOVE_DEV] = op_remove_dev,
	[OP_REMOVE_ALL] = op_remove_all,
	[OP_STATUS] = op_status,
	[OP_FIND_UUID] = op_find_uuid,
	[OP_FIND] = op_find,
	[OP_GET] = op_get,
	[OP_PUT] = op_put,
	[OP_OPEN] = op_open,
	[OP_CLOSE] = op_close,
	[OP_IO] = op_io,
	[OP_QUERY] = op_query,
	[OP_EVENT] = op_event,
	[OP_WAIT] = op_wait,
	[OP_UEVENT] = op_uevent,
	[OP_UNLOAD] = op_unload,
	[OP_CREATE_FAILS] = op_create_fails,
	[OP_INACTIVE] = op_inactive,
	[OP_SYSFS] = op_sysfs,
	[OP_REMOVE_DEFERRED] = op_remove_deferred,
	[OP_WORKER] = op_worker,
	[OP_SUSPEND] = op_suspend,
	[OP_RESUME] = op_resume,
	[OP_LOAD_TABLE] = op_load,
	[OP_HOLD] = op_hold,
	[OP_CREATE_DISK_FAILS] = op_create_disk_fails,
	[OP_MESSAGE] = op_message,
	[OP_DEPS] = op_deps,
};

int64_t player_run(struct player *p, enum op_code op, uint32_t minor)
{
	const struct step step = {.op = op, .minor = minor, .name = DM_OWN_NAME};

	return player_step(p, &step);
}

int64_t player_step(struct player *p, const struct step *step)
{
	p->op = step->op;
	p->minor = step->minor;
	p->name = step->name;
	return op_run[step->op](p, step->minor);
}

void player_close_all(struct player *p)
{
	while (p->opens.count)
		player_run(p, OP_CLOSE, p->opens.item[p->opens.count - 1].minor);
}

void player_put_back(struct player *p)
{
	player_close_all(p);
	while (p->gets.count)
		player_run(p, OP_PUT, p->gets.item[p->gets.count - 1].minor);
}

void player_empty_world(struct player *p)
{
	module_load(&p->task, &p->world->dm.module);
	p->op = OP_REMOVE_ALL;
	p->minor = DM_ANY_MINOR;
	dm_empty(&p->task, &p->world->dm);
	p->op = NO_OP;
	world_check(&p->task, p->world);
}
