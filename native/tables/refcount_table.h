/* SPDX-License-Identifier: MIT */
/* What refcounts.def and refcount_sizes.def expand to. Plain C types, for the addon. */
#ifndef DMTORTURE_REFCOUNT_TABLE_H
#define DMTORTURE_REFCOUNT_TABLE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The schemes of native/refcounts. */
enum refcount_id {
#define REFCOUNT(slug, ...) REFCOUNT_ID_##slug,
#include "refcounts.def"
#undef REFCOUNT
	REFCOUNT_COUNT
};

struct refcount_size {
	uint32_t users, rounds, objects;
};

extern const struct refcount_size refcount_size_table[];
extern const unsigned int refcount_size_count;

#ifdef __cplusplus
}
#endif
#endif
