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

#define LOCK_REFERENCES 0

#endif
