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
#define ROW(name, waits, in_order, text, is_reference, its_ops)                                    \
	{                                                                                          \
		.slug = #name,                                                                     \
		.says = text,                                                                      \
		.class = LOCK_##waits,                                                             \
		.fifo = in_order,                                                                  \
		.reference = is_reference,                                                         \
		.ops = its_ops,                                                                    \
	},
#define LOCK(slug, class, fifo, says) ROW(slug, class, fifo, says, false, &lock_ops_##slug)
#define REFERENCE(slug, class, fifo, says) ROW(slug, class, fifo, says, true, REFERENCE_OPS(slug))
#include "locks.def"
#undef LOCK
#undef REFERENCE
};
