/* SPDX-License-Identifier: MIT */
#include "refs.h"

#define REFCOUNT(slug, ...) extern const struct ref_ops ref_ops_##slug;
#include "refcounts.def"
#undef REFCOUNT

const struct ref_row ref_table[REFCOUNT_COUNT] = {
#define REFCOUNT(name, by_place, sleeps, published, in_year, cost, known, text)                    \
	{                                                                                          \
		.slug = #name,                                                                     \
		.says = (text),                                                                    \
		.source = (published),                                                             \
		.get = (cost),                                                                     \
		.last = (known),                                                                   \
		.year = (in_year),                                                                 \
		.finds = (by_place),                                                               \
		.may_wait = (sleeps),                                                              \
		.control = REFCOUNT_ID_##name == REFCOUNT_ID_broken_refcount,                      \
		.ops = &ref_ops_##name,                                                            \
	},
#include "refcounts.def"
#undef REFCOUNT
};
