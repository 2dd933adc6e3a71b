/* SPDX-License-Identifier: MIT */
/*
 * The device mapper: minors, mapped_devices and their references, the block driver's side and
 * the ioctls. Reads as the protocol with every patch in; where a patch makes a difference stands
 * a turn of dm_history.h.
 *
 * Ioctls of 2006 ran under the big kernel lock, which is left out: it is released whenever its
 * holder sleeps, as every ioctl here may, and nothing in the series relies on it.
 *
 * Lock order: _hash_lock, suspend_lock, origins_lock, block.lock, _minor_lock.
 */
#ifndef DMTORTURE_DM_H
#define DMTORTURE_DM_H

#include "block.h"
#include "idr.h"

#define DM_MINORS (1u << 20)
#define DM_ANY_MINOR UINT32_MAX
#define DM_OWN_NAME UINT32_MAX /* the name of a device that is called after its minor */

/* A set of patches as verbs; only the turns of history/ read it. */
struct dm_rules {
#define PATCH(no, slug, kind, rule, needs, overrides, invariant, prevents, changes) bool rule;
#include "patches.def"
#undef PATCH
};

/* As much of a work queue as removals need: one piece of work, and how many run. */
struct work_queue {
	struct word queued, running;
};

struct dm {
	struct dm_rules rules;
	struct slab *slab;
	struct block *block;
	struct idr minor_idr;			   /* guarded by _minor_lock */
	struct spinlock minor_spin;		   /* _minor_lock with patch 04 */
	struct mutex minor_mutex;		   /* _minor_lock without */
	struct rwsem hash_lock;			   /* _hash_lock */
	struct mutex suspend_lock;		   /* of every device: a simplification */
	struct mutex origins_lock;		   /* guards what is registered as an origin: R13 */
	struct rwsem deps_lock;			   /* guards the lists of table devices: R24 */
	struct work_queue shared_queue, own_queue; /* R16; R16q */
	struct word *names, *uuids; /* bucket heads of hash cells, guarded by _hash_lock */
	unsigned int bucket_mask;
	unsigned int fail_queue_permille, fail_layer_permille;
	struct module module; /* that all this is the code of */
};

struct dm_rules dm_rules_of(uint64_t patches);

/* What fails in a creation that is to fail. */
enum dm_failure { FAILS_NOTHING, FAILS_QUEUE, FAILS_DISK };

/* --- dm.c: devices; dm_get() and dm_put() are in dm_refs.h --- */

/*
 * Create a device under @minor (DM_ANY_MINOR: the lowest free one).
 * Returns 0 with *@md set, holding the caller's reference; -ENXIO. Context: may sleep.
 * Patches: 01, 02, 03, 07, 08, P1, R2.
 */
int dm_create(struct task *t, struct dm *dm, uint32_t minor, enum dm_failure fails,
	      struct mapped_device **md);
/*
 * Look @minor up in the IDR and read its hash cell, both under _minor_lock. Returns it or NULL.
 * Context: holds _hash_lock, takes _minor_lock. Patches: P2, 02, 05.
 */
struct hash_cell *dm_find_cell(struct task *t, struct dm *dm, uint32_t minor);
/*
 * Look @minor up in the IDR. Returns the device without a reference, or NULL: nothing but what
 * else the caller holds keeps it. Context: takes _minor_lock. Patches: 02, 05.
 */
struct mapped_device *dm_find_md(struct task *t, struct dm *dm, uint32_t minor);
/*
 * Look @minor up in the IDR. Returns the device with a reference for the caller, or NULL.
 * Context: takes _minor_lock. Patches: 02, 05, 06.
 */
struct mapped_device *dm_get_md(struct task *t, struct dm *dm, uint32_t minor);
/* The minor of a device that the caller holds a reference on. */
uint32_t dm_minor(struct task *t, struct mapped_device *md);
/*
 * R9: destroy a device that has no name any more. @wait: until nobody holds it; else one that
 * somebody holds is left alive. Context: may sleep, holds no spinlock, takes block.lock and
 * _minor_lock. Patches: 02, 05, R12, R16. Faults: deadlock, I2, I3.
 */
void dm_destroy(struct task *t, struct dm *dm, struct mapped_device *md, bool wait);
/* What an ioctl looks at in a device it has a reference on. */
void dm_use(struct task *t, struct mapped_device *md);

/* --- dm_blk.c: the block driver --- */

extern const struct block_device_operations dm_blk_fops;
/*
 * One bio: takes a pool element and raises pending; at its end pending falls first, and then the
 * element goes back; see P8. Returns 0, or -EAGAIN from a suspended device. Context: @disk is open.
 */
int dm_blk_io(struct task *t, struct dm *dm, struct gendisk *disk);
/* Read the counters and wait queues of an open disk's device. */
void dm_blk_query(struct task *t, struct dm *dm, struct gendisk *disk);
/* Raise an event. Context: caller holds a reference. */
void dm_event(struct task *t, struct mapped_device *md);

/* --- dm_table.c: tables, and what is done with them; by name, Context: may sleep --- */

/* Suspend: the hooks run, and what is in flight ends. Returns 0, -EINVAL (it is suspended). R15. */
int dm_ioctl_suspend(struct task *t, struct dm *dm, uint32_t name);
/* Resume, with the table that is loaded. Returns 0, -EINVAL (it is not suspended). R22, P8. */
int dm_ioctl_resume(struct task *t, struct dm *dm, uint32_t name);
/* Load a table. Patches: P5, P7. */
int dm_ioctl_load(struct task *t, struct dm *dm, uint32_t name);
/* Add a device to the table and take it away again; walk the devices of the table. Patch: R24. */
int dm_ioctl_message(struct task *t, struct dm *dm, uint32_t name);
int dm_ioctl_deps(struct task *t, struct dm *dm, uint32_t name);
/* dm_hold() of a registered origin, found by its number. Returns 0, -ENXIO, -EBUSY. Patch: R13. */
int dm_hold(struct task *t, struct dm *dm, uint32_t minor);

/* --- dm_ioctl.c, dm_remove.c: hash cells --- */

enum dm_lookup { BY_NAME, BY_UUID, BY_DEV };

/*
 * The ioctls. Each pins the module through the control device while it runs: -ENODEV when it is
 * gone. A device's name and uuid are one number: @name, or with DM_OWN_NAME its minor.
 * Return 0 (create: the minor), or -errno; -EBUSY from create: the name is taken. @key: a name, a
 * uuid or a minor, as @how says. Context: may sleep, takes _hash_lock.
 */
int64_t dm_ioctl_create(struct task *t, struct dm *dm, uint32_t minor, uint32_t name,
			enum dm_failure fails);
int dm_ioctl_remove(struct task *t, struct dm *dm, enum dm_lookup how, uint32_t key);
int dm_ioctl_remove_all(struct task *t, struct dm *dm);
/* R16: the same for a device that may be open: then it is removed when it is closed. */
int dm_ioctl_remove_deferred(struct task *t, struct dm *dm, uint32_t name);
/* Remove every device, also what is open, and wait for nobody. Context: the end of a world. */
int dm_empty(struct task *t, struct dm *dm);
/*
 * R16: run a removal that is queued; with @waits, wait for one. Returns 0, -EAGAIN (none is
 * queued), -EINTR (none will be). Context: may sleep, takes _hash_lock.
 */
int dm_worker(struct task *t, struct dm *dm, bool waits);
/* Look at the table that is loaded, which takes _hash_lock again. */
int dm_ioctl_inactive(struct task *t, struct dm *dm, uint32_t name);
int dm_ioctl_status(struct task *t, struct dm *dm, enum dm_lookup how, uint32_t key);
int dm_ioctl_event(struct task *t, struct dm *dm, uint32_t name);
/* Sleep until the device's next event. Returns 0, -ENXIO, -EINTR when none will come. */
int dm_ioctl_wait(struct task *t, struct dm *dm, uint32_t name);
/* Read a device's name in sysfs: 0, -ENOENT, -EINVAL (it is going). Patches: R12, R12l. */
int dm_sysfs_read(struct task *t, struct dm *dm, uint32_t minor);
/* dm_get_md() and dm_put() for a caller of its own; the module is pinned for the call. */
int dm_raw_get(struct task *t, struct dm *dm, uint32_t minor, struct mapped_device **md);
int dm_raw_put(struct task *t, struct dm *dm, struct mapped_device *md);
/*
 * rmmod: the module stops, every device is removed, and what somebody still refers to is left.
 * Returns 0, -EBUSY, -ENOENT. Faults: module-unloaded-in-use, when there is any left. Patch 07.
 */
int dm_unload(struct task *t, struct dm *dm);

#endif
