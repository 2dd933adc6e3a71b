/* SPDX-License-Identifier: MIT */
#include "rwlock.h"

#define RWLOCK(slug, ...) extern const struct rwlock_ops rwlock_ops_##slug;
#include "rwlocks.def"
#undef RWLOCK

const struct rwlock_row rwlock_table[RWLOCK_COUNT] = {
#define RWLOCK(name, takes_nothing, published, in_year, text)                                      \
	{                                                                                          \
		.slug = #name,                                                                     \
		.source = (published),                                                             \
		.says = (text),                                                                    \
		.year = (in_year),                                                                 \
		.optimistic = (takes_nothing),                                                     \
		.ops = &rwlock_ops_##name,                                                         \
	},
#include "rwlocks.def"
#undef RWLOCK
};
