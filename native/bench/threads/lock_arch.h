/* SPDX-License-Identifier: MIT */
/*
 * A lock where it is measured: it comes with a loop of its own, so that what is timed is inlined.
 */
#ifndef DMTORTURE_BENCH_LOCK_ARCH_H
#define DMTORTURE_BENCH_LOCK_ARCH_H

#include "loop.h"

#define LOCK_OPS(slug, size, or_leave)                                                             \
	static void slug##_loop(struct member *member)                                             \
	{                                                                                          \
		lock_loop(member, slug##_acquire, slug##_release);                                 \
	}                                                                                          \
	const struct lock_ops lock_ops_##slug = {                                                  \
		.bytes = (size),                                                                   \
		.make = slug##_make,                                                               \
		.acquire = slug##_acquire,                                                         \
		.acquire_or_leave = slug##_##or_leave,                                             \
		.release = slug##_release,                                                         \
		.loop = slug##_loop,                                                               \
	}
#define DEFINE_LOCK(slug, size) LOCK_OPS(slug, size, acquire)
#define DEFINE_REFERENCE(slug, size) LOCK_OPS(slug, size, acquire_or_leave)
#define LOCK_REFERENCES 1

#endif
