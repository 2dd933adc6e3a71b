/* SPDX-License-Identifier: MIT */
#include "rwlock.h"

#define RWLOCK(slug, ...) extern const struct lock_ops rwlock_ops_##slug;
#if LOCK_REFERENCES
#define RWREFERENCE(slug, ...) extern const struct lock_ops rwlock_ops_##slug;
#define REFERENCE_OPS(slug) &rwlock_ops_##slug
#else
#define RWREFERENCE(slug, ...)
#define REFERENCE_OPS(slug) NULL
#endif
#include "rwlocks.def"
#undef RWLOCK
#undef RWREFERENCE

const struct lock_row rwlock_table[RWLOCK_COUNT] = {
#define ROW(name, waits, served, takes_nothing, published, in_year, why, text, is_reference,       \
	    its_ops)                                                                               \
	{                                                                                          \
		.slug = #name,                                                                     \
		.says = (text),                                                                    \
		.source = (published),                                                             \
		.year = (in_year),                                                                 \
		.usual = (why),                                                                    \
		.serves = (served),                                                                \
		.class = LOCK_##waits,                                                             \
		.optimistic = (takes_nothing),                                                     \
		.reference = (is_reference),                                                       \
		.ops = (its_ops),                                                                  \
	},
#define RWLOCK(slug, class, ...) ROW(slug, class, __VA_ARGS__, false, &rwlock_ops_##slug)
#define RWREFERENCE(slug, class, ...) ROW(slug, class, __VA_ARGS__, true, REFERENCE_OPS(slug))
#include "rwlocks.def"
#undef RWLOCK
#undef RWREFERENCE
};
