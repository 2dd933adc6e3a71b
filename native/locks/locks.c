/* SPDX-License-Identifier: MIT */
#include "lock.h"

#define LOCK(slug, class, fifo, says) extern const struct lock_ops lock_ops_##slug;
#if LOCK_REFERENCES
#define REFERENCE(slug, class, fifo, says) extern const struct lock_ops lock_ops_##slug;
#define REFERENCE_OPS(slug) &lock_ops_##slug
#else
#define REFERENCE(slug, class, fifo, says)
#define REFERENCE_OPS(slug) NULL
#endif
#include "locks.def"
#undef LOCK
#undef REFERENCE

const struct lock_row lock_table[LOCK_COUNT] = {
#define LOCK(slug, class, fifo, says) {#slug, says, LOCK_##class, fifo, false, &lock_ops_##slug},
#define REFERENCE(slug, class, fifo, says)                                                         \
	{#slug, says, LOCK_##class, fifo, true, REFERENCE_OPS(slug)},
#include "locks.def"
#undef LOCK
#undef REFERENCE
};
