/* SPDX-License-Identifier: MIT */
/* A lock in the model has no measuring loop. */
#ifndef DMTORTURE_FIBERS_LOCK_ARCH_H
#define DMTORTURE_FIBERS_LOCK_ARCH_H

#define DEFINE_LOCK(slug, size)                                                                    \
	const struct lock_ops lock_ops_##slug = {                                                  \
		.bytes = (size),                                                                   \
		.make = slug##_make,                                                               \
		.acquire = slug##_acquire,                                                         \
		.acquire_or_leave = slug##_acquire,                                                \
		.release = slug##_release,                                                         \
	}

#define DEFINE_RWLOCK(slug, size)                                                                  \
	const struct lock_ops rwlock_ops_##slug = {                                                \
		.bytes = (size),                                                                   \
		.make = slug##_make,                                                               \
		.acquire = slug##_write_lock,                                                      \
		.acquire_or_leave = slug##_write_lock,                                             \
		.release = slug##_write_unlock,                                                    \
		.read_acquire = slug##_read_lock,                                                  \
		.read_release = slug##_read_unlock,                                                \
	}

#define LOCK_REFERENCES 0

#endif
