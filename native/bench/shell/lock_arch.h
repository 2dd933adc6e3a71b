/* SPDX-License-Identifier: MIT */
/* A lock of the user's on atom.h: as it is where the bench measures its own, in a plug. */
#ifndef DMTORTURE_SHELL_LOCK_ARCH_H
#define DMTORTURE_SHELL_LOCK_ARCH_H

#include "loop.h"

#include "calls.h"

#define LOCK_OPS(slug, size, or_leave)                                                             \
	static void slug##_loop(struct member *member)                                             \
	{                                                                                          \
		lock_loop(member, slug##_acquire, slug##_release);                                 \
	}                                                                                          \
	static const struct lock_ops own_ops = {                                                   \
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
