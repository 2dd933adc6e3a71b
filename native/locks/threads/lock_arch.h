/* SPDX-License-Identifier: MIT */
/* A lock on threads, where nobody measures it. */
#ifndef DMTORTURE_THREADS_LOCK_ARCH_H
#define DMTORTURE_THREADS_LOCK_ARCH_H

#define LOCK_OPS(slug, size, or_leave)                                                             \
	const struct lock_ops lock_ops_##slug = {                                                  \
		.bytes = (size),                                                                   \
		.make = slug##_make,                                                               \
		.acquire = slug##_acquire,                                                         \
		.acquire_or_leave = slug##_##or_leave,                                             \
		.release = slug##_release,                                                         \
	}
#define DEFINE_LOCK(slug, size) LOCK_OPS(slug, size, acquire)
#define DEFINE_REFERENCE(slug, size) LOCK_OPS(slug, size, acquire_or_leave)
#define LOCK_REFERENCES 1

#endif
