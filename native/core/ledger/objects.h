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

/*
 * One struct for each object of the table, one word for each of its fields, read as its type. Its
 * row, and that of its first field, are sizes of types that take no memory: OBJECT_OF().
 */
#define OBJECT(id, type, name, called)                                                             \
	struct type {                                                                              \
		char (*object_row[0])[OBJECT_##id];                                                \
		char (*field_rows[0])[FIELDS_OF_##id];
#define FIELD(id, name, type, shows, leads_to, says)                                               \
	union {                                                                                    \
		struct word word;                                                                  \
		__typeof__(type) *as;                                                              \
	} name; /* NOLINT(bugprone-macro-parentheses): it declares a member */
#define OBJECT_END(id)                                                                             \
	}                                                                                          \
	;
#define SINGLE(id, name)
#define WORD(id, name, shows, leads_to, says)
#define BACKGROUND(id, name, shows, leads_to, says)
#include "objects.def"
#undef OBJECT
#undef FIELD
#undef OBJECT_END
#undef SINGLE
#undef WORD
#undef BACKGROUND

/* The rows of what @p points to: of the object, and of its field @f. */
#define OBJECT_OF(p) sizeof(*(p)->object_row[0])
#define FIELD_OF(p, f)                                                                             \
	(sizeof(*(p)->field_rows[0]) + offsetof(__typeof__(*(p)), f) / sizeof(struct word))

#define DMF_FREEING 1L
#define DMF_MINOR_LOST 2L /* without 01: somebody else may have the minor by now */
#define DMF_DELETING 4L	  /* R1: a removal has begun */
#define DMF_DEFERRED 8L	  /* R16: to be removed at the last close */
#define DMF_SUSPENDED 16L

#define MAP_LOADED 1L
#define MAP_BOUND 2L

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
