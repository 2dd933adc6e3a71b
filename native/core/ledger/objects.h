/* SPDX-License-Identifier: MIT */
/*
 * The objects of the protocol. Every field is a word of its own; the type beside it is what
 * ledger.h's accessors hand out. A pointer to one of these is a *tagged* pointer, made by
 * ledger_alloc(): it cannot be dereferenced, only passed to the accessors.
 *
 * Invariants (protocol, section 5), where they live:
 *   I1  built       every field of what the IDR, a disk or a uevent leads to is initialised
 *   I2  pinned      a field is touched under a reference or the lock that pins the object
 *   I3  holders     never rises from 0; teardown begins once
 *   I4  private_data  leads to a live device or is NULL
 *   I5  module      is loaded while a mapped_device exists
 *   I7  first_minor one live disk a minor
 */
#ifndef DMTORTURE_OBJECTS_H
#define DMTORTURE_OBJECTS_H

#include "machine.h"

/* A shared field: one word, read as @type. */
#define FIELD(type, name)                                                                          \
	union {                                                                                    \
		struct word word;                                                                  \
		__typeof__(type) *as;                                                              \
	} name

struct queue {
	FIELD(struct mapped_device *, queuedata);
};

/* A mempool: counts the elements that are out. */
struct pool {
	FIELD(long, out);
};

struct gendisk {
	FIELD(long, holders); /* the disk's own references: its device, its openers */
	FIELD(long, first_minor);
	FIELD(struct mapped_device *, private_data); /* holds no reference; I4 */
	FIELD(struct gendisk *, next);		     /* bucket chain, guarded by block.lock */
};

struct mapped_device {
	FIELD(long, holders); /* I3; starts at 1, the creator's */
	FIELD(long, flags);   /* DMF_FREEING, DMF_MINOR_LOST; set under _minor_lock */
	FIELD(long, event_nr);
	FIELD(struct hash_cell *, interface_ptr); /* guarded by _hash_lock */
	FIELD(struct queue *, queue);
	FIELD(struct pool *, io_pool);
	FIELD(struct pool *, tio_pool);
	FIELD(struct gendisk *, disk);
	FIELD(long, name);
	FIELD(long, pending); /* bios in flight */
	FIELD(long, wait);    /* wait queue for pending == 0 */
	FIELD(long, eventq);  /* wait queue for a change of event_nr */
};

#define DMF_FREEING 1L
#define DMF_MINOR_LOST 2L /* without 01: somebody else may have the minor by now */

/* One name and uuid; owns a reference on md. Guarded by _hash_lock throughout. */
struct hash_cell {
	FIELD(struct mapped_device *, md);
	FIELD(long, name);
	FIELD(long, uuid);
	FIELD(struct hash_cell *, next_name);
	FIELD(struct hash_cell *, next_uuid);
};

#define IDR_BITS 6
#define IDR_SIZE (1 << IDR_BITS)

/*
 * A node of an IDR's tree, guarded as its IDR says. Bit n of `free`: some id is free below slot
 * n; of `used`: slot n leads to a layer. A leaf has no use for the latter. The slots come first,
 * so that a walk has nothing to add to an address.
 */
struct idr_layer {
	struct word slot[IDR_SIZE]; /* a layer, or in a leaf the caller's pointer */
	struct word free;
	struct word used;
};

#endif
