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
#define DEFINE_RWLOCK(slug, size)                                                                  \
	static void slug##_loop(struct member *member)                                             \
	{                                                                                          \
		rwlock_loop(member, slug##_read_lock, slug##_read_unlock, slug##_write_lock,       \
			    slug##_write_unlock);                                                  \
	}                                                                                          \
	const struct lock_ops rwlock_ops_##slug = {                                                \
		.bytes = (size),                                                                   \
		.make = slug##_make,                                                               \
		.acquire = slug##_write_lock,                                                      \
		.acquire_or_leave = slug##_write_lock,                                             \
		.release = slug##_write_unlock,                                                    \
		.read_acquire = slug##_read_lock,                                                  \
		.read_release = slug##_read_unlock,                                                \
		.loop = slug##_loop,                                                               \
	}
#define LOCK_REFERENCES 1

#endif
