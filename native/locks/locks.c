/* SPDX-License-Identifier: MIT */
#include "lock.h"

#define LOCK(slug, ...) extern const struct lock_ops lock_ops_##slug;
#if LOCK_REFERENCES
#define REFERENCE(slug, ...) extern const struct lock_ops lock_ops_##slug;
#define REFERENCE_OPS(slug) &lock_ops_##slug
#else
#define REFERENCE(slug, ...)
#define REFERENCE_OPS(slug) NULL
#endif
#include "locks.def"
#undef LOCK
#undef REFERENCE

const struct lock_row lock_table[LOCK_COUNT] = {
#define ROW(name, waits, in_order, queues, made_up, published, in_year, why, text, is_reference,   \
	    its_ops)                                                                               \
	{                                                                                          \
		.slug = #name,                                                                     \
		.says = (text),                                                                    \
		.source = (published),                                                             \
		.year = (in_year),                                                                 \
		.usual = (why),                                                                    \
		.class = LOCK_##waits,                                                             \
		.fifo = (in_order),                                                                \
		.queue = (queues),                                                                 \
		.nodes_made_up = (made_up),                                                        \
		.reference = (is_reference),                                                       \
		.ops = (its_ops),                                                                  \
	},
#define LOCK(slug, class, ...) ROW(slug, class, __VA_ARGS__, false, &lock_ops_##slug)
#define REFERENCE(slug, class, ...) ROW(slug, class, __VA_ARGS__, true, REFERENCE_OPS(slug))
#include "locks.def"
#undef LOCK
#undef REFERENCE
};
