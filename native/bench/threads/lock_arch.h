/* SPDX-License-Identifier: MIT */
/* A lock on threads comes with a measuring loop of its own, so that what is timed is inlined. */
#ifndef DMTORTURE_BENCH_THREADS_LOCK_ARCH_H
#define DMTORTURE_BENCH_THREADS_LOCK_ARCH_H

#include "loop.h"

#define DEFINE_LOCK(slug, size)                                                                    \
	static void slug##_loop(struct member *member)                                             \
	{                                                                                          \
		lock_loop(member, slug##_acquire, slug##_release);                                 \
	}                                                                                          \
	const struct lock_ops lock_ops_##slug = {                                                  \
		.bytes = (size),                                                                   \
		.make = slug##_make,                                                               \
		.acquire = slug##_acquire,                                                         \
		.release = slug##_release,                                                         \
		.loop = slug##_loop,                                                               \
	}

#define LOCK_REFERENCES 1

#endif
