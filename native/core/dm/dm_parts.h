/* SPDX-License-Identifier: MIT */
/* What the files of the device mapper share, and nobody else calls. */
#ifndef DMTORTURE_DM_PARTS_H
#define DMTORTURE_DM_PARTS_H

#include "dm_refs.h"

/* dm.c: give a number back. Context: takes _minor_lock. */
void free_minor(struct task *t, struct dm *dm, uint32_t minor);
/* dm_end.c. Faults: pool-outstanding. */
void destroy_pool(struct task *t, struct dm *dm, struct pool *pool);

/* dm_sysfs.c: register the kobject of @md. Context: may sleep, takes block.lock. Patch: R12. */
void dm_sysfs_init(struct task *t, struct dm *dm, struct mapped_device *md);
/*
 * Unregister it: nobody finds it any more, and nobody reads through it. Context: may sleep, takes
 * block.lock. Patches: R12, R12w. Faults: deadlock.
 */
void dm_sysfs_exit(struct task *t, struct dm *dm, struct mapped_device *md);

/* dm_table.c: R9 ends what hangs on the table. Context: may sleep. Patches: R15, R15o, R22, R13. */
void dm_end_hooks(struct task *t, struct dm *dm, struct mapped_device *md);
void dm_end_timer(struct task *t, struct dm *dm, struct mapped_device *md);
void dm_set_origin(struct task *t, struct dm *dm, struct mapped_device *md, bool there);
/* dm.c. Returns NULL without memory. */
struct pool *create_pool(struct task *t, struct dm *dm);

/* dm_cells.c; every function below is called with _hash_lock held. */

/* The first cell of a bucket by name, or NULL. */
struct hash_cell *first_cell(struct task *t, const struct word *bucket);
/*
 * Find a cell. With 06 or 06-merged its device's reference comes along, for the caller to put.
 */
struct hash_cell *find_cell(struct task *t, struct dm *dm, enum dm_lookup how, uint32_t key);
/* Unlink and free the cell and drop its reference, possibly the last. */
void remove_cell(struct task *t, struct dm *dm, struct hash_cell *cell);
/* Give @md a cell, which takes a reference. Returns 0, -EBUSY when the name is taken, -ENOMEM. */
int insert_cell(struct task *t, struct dm *dm, struct mapped_device *md, uint32_t name);

/* dm_ioctl.c: the control device pins the module for a call. Returns false when it is gone. */
bool ctl_open(struct task *t, struct dm *dm);
void ctl_close(struct task *t, struct dm *dm);
/*
 * Find a device, do @what with it, and put it. Returns what that returned, -ENXIO, or -ENODEV.
 * Context: takes _hash_lock.
 */
int with_device(struct task *t, struct dm *dm, enum dm_lookup how, uint32_t key,
		int (*what)(struct task *t, struct dm *dm, struct mapped_device *md));

#endif
