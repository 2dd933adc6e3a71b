/* SPDX-License-Identifier: MIT */
/*
 * The IDR: small integers to pointers, lowest free id first. A radix tree of 64-way layers that
 * knows no patches and no devices. Modelled after lib/idr.c of 2.6.16 and today's idr_alloc().
 *
 * Where the two kernels differ, or this from both:
 * - idr_replace() above the tree is -EINVAL, as the patch of 2006 had it; today it is -ENOENT.
 * - Iteration visits an id whose pointer is NULL, since it is taken; the kernel's skips it, and
 *   2006 had no iteration.
 * - idr_destroy() sends the cursor of idr_alloc_cyclic() back to 0; today it stays where it was,
 *   and 2006 had none.
 *
 * Locking, as in the kernel: idr_pre_get() takes the tree's own lock around its list of preloaded
 * layers; everything else, idr_find() included, is serialised by the caller. The tree makes no
 * points of its own: the caller holds its lock and declares one access for the whole operation.
 *
 * Ids are 0 .. INT_MAX. NULL can be stored; the id is then taken and idr_find() says NULL.
 * `pointer` is never looked at. Ownership of what is stored stays with the caller.
 *
 * The tree is a function of the ids that are taken: as low as the highest of them allows, and
 * without empty layers. So what a remove gives to the preload list is just what putting the same
 * id back takes from it, and a failed call leaves everything as it was.
 */
#ifndef DMTORTURE_IDR_H
#define DMTORTURE_IDR_H

#include "objects.h"
#include "slab.h"

#define IDR_ID_BITS 31
#define IDR_LEVELS ((IDR_ID_BITS + IDR_BITS - 1) / IDR_BITS)
#define IDR_FREE_MAX (2 * IDR_LEVELS) /* layers of one full preload: 12 with 6 bits */

struct idr {
	struct slab *slab;
	struct word top;	/* struct idr_layer *, or 0 */
	struct word levels;	/* layers from top to leaf; 0 when there is no tree */
	struct word free;	/* preloaded layers, a list through slot[0]; guarded by lock */
	struct word free_count; /* guarded by lock */
	struct word cursor;	/* where idr_alloc_cyclic() goes on; may be INT_MAX + 1 */
	struct spinlock lock;
};

/* Make an empty IDR whose layers come from @slab. */
void idr_init(struct idr *idr, struct slab *slab);
/*
 * Fill the list of preloaded layers, enough for any one allocation.
 * @fail_permille: allocations that fail by injection. Returns 1, or 0 without memory, as the
 * kernel's did. Context: may sleep. Faults: sleep-in-atomic.
 */
int idr_pre_get(struct task *t, struct idr *idr, unsigned int fail_permille);
/*
 * Take the lowest free id (at or above @start). Uses preloaded layers only: as many as the way
 * to the id lacks, and one for each level the tree grows by, but an empty tree grows for nothing.
 * Returns 0 with *@id set, -EAGAIN when the preload does not suffice, -ENOSPC when no id is left
 * or @start is negative.
 */
int idr_get_new(struct task *t, struct idr *idr, void *pointer, int *id);
int idr_get_new_above(struct task *t, struct idr *idr, void *pointer, int start, int *id);
/* Returns the pointer at @id, NULL for none. Any @id. */
static inline void *idr_find(const struct idr *idr, int id);
/*
 * Swap the pointer at @id in one walk; patch 01. Never allocates, never sleeps.
 * Returns 0 with *@old set (@old may be NULL); -EINVAL when @id is negative or above the tree,
 * -ENOENT when its slot is free. An empty tree has id 0 in range and nothing else.
 */
static inline int idr_replace(struct task *t, struct idr *idr, void *pointer, int id, void **old);
/*
 * Free @id. Empty layers go to the preload list, or back to the slab when that is full.
 * Returns 0 with *@old set (@old may be NULL), or -ENOENT: reported, harmless.
 */
static inline int idr_remove(struct task *t, struct idr *idr, int id, void **old);
/* Give every layer back, preloaded ones too. Ids and cursor are forgotten. Can be called twice. */
void idr_destroy(struct task *t, struct idr *idr);
/* Call @visit for each id in ascending order until it returns non-zero; returns that, or 0. */
int idr_for_each(const struct idr *idr, int (*visit)(int id, void *pointer, void *context),
		 void *context);
/* The lowest taken id at or above *@id. Returns whether there is one; *@id and *@pointer get it. */
bool idr_get_next(const struct idr *idr, int *id, void **pointer);
bool idr_is_empty(const struct idr *idr);

/*
 * Today's interface. Ids in [@start, @end), @end 0 or below = no limit; preloads by itself.
 * Returns the id; -EINVAL (@start negative), -ENOSPC (nothing free in the range, or the range is
 * empty), -ENOMEM. Context: may sleep. Faults: sleep-in-atomic.
 */
static inline int idr_alloc(struct task *t, struct idr *idr, void *pointer, int start, int end);
/* The same, going on after the id handed out last and wrapping around at @end. */
int idr_alloc_cyclic(struct task *t, struct idr *idr, void *pointer, int start, int end);

#include "idr_walk.h"

#endif
