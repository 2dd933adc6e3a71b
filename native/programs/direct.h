/* SPDX-License-Identifier: MIT */
/*
 * The protocol called directly, one call at a time from one thread: what the TypeScript classes
 * DeviceMapper and Idr stand on. Plain C types, so that the addon can include it.
 */
#ifndef DMTORTURE_DIRECT_H
#define DMTORTURE_DIRECT_H

#include "report.h"

#ifdef __cplusplus
extern "C" {
#endif

struct direct_dm;
struct direct_idr;

/* A device mapper of its own, by @plan's patches, minors, fail_ rows and seed. NULL: no memory. */
struct direct_dm *direct_dm_new(const struct plan *plan);
void direct_dm_free(struct direct_dm *d);
/*
 * Run one operation on @minor (or ANY_MINOR). Opens and raw references are kept per minor, in
 * any number; close and put give the youngest back.
 * Returns 0 or above (create: the minor), -errno, or -EFAULT when the call met a fault: then the
 * world is down and every later call returns -EIO.
 */
int64_t direct_dm_call(struct direct_dm *d, enum op_code op, uint32_t minor);
/* Everything is put back and removed, then leaks are looked for. Returns 0 or -EIO. */
int direct_dm_check(struct direct_dm *d);
size_t direct_dm_fault_count(const struct direct_dm *d);
const struct fault_note *direct_dm_fault(const struct direct_dm *d, size_t index);

/* Bytes that it has touched, for V8, whose garbage collector sees none of them. */
size_t direct_dm_bytes(const struct direct_dm *d);

/*
 * An IDR of its own, holding numbers 1..2^53 as values; 0 stands for NULL, which can be stored
 * too. Functions return -errno as the IDR does.
 */
struct direct_idr *direct_idr_new(void);
void direct_idr_free(struct direct_idr *d);
/* idr_pre_get(): returns 1, or 0 without memory. */
int direct_idr_preload(struct direct_idr *d);
/* idr_get_new_above(): needs a preload before. Returns the id, -EAGAIN, -ENOSPC. */
int64_t direct_idr_get_new_above(struct direct_idr *d, uint64_t value, int64_t start);
/* idr_alloc(): preloads by itself; @end 0 = no limit. Returns the id, -ENOSPC, -EINVAL, -ENOMEM. */
int64_t direct_idr_alloc(struct direct_idr *d, uint64_t value, int64_t start, int64_t end);
int64_t direct_idr_alloc_cyclic(struct direct_idr *d, uint64_t value, int64_t start, int64_t end);
/* Returns the value, 0 for none. */
uint64_t direct_idr_find(const struct direct_idr *d, int64_t id);
/* The same of @count ids at once, into @values. */
void direct_idr_find_many(const struct direct_idr *d, const uint32_t *ids, double *values,
			  size_t count);
/* *@old gets the old value. Returns 0, -EINVAL (above the tree), -ENOENT (slot free). */
int direct_idr_replace(struct direct_idr *d, uint64_t value, int64_t id, uint64_t *old);
/* *@old gets the old value. Returns 0 or -ENOENT. */
int direct_idr_remove(struct direct_idr *d, int64_t id, uint64_t *old);
/* The lowest id >= @id in use, or -1. */
int64_t direct_idr_next(const struct direct_idr *d, int64_t id);
int direct_idr_is_empty(const struct direct_idr *d);
/* As direct_dm_bytes(). */
size_t direct_idr_bytes(const struct direct_idr *d);
/* Forget every id; the IDR can be used again. */
void direct_idr_destroy(struct direct_idr *d);

#ifdef __cplusplus
}
#endif
#endif
