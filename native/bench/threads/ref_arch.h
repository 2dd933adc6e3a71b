/* SPDX-License-Identifier: MIT */
/* A reference count where it is measured: it comes with loops of its own, with its verbs inlined.
 */
#ifndef DMTORTURE_BENCH_REF_ARCH_H
#define DMTORTURE_BENCH_REF_ARCH_H

#include "ref_loop.h"

/* @idling: the scheme that has the last two verbs. */
#define DEFINE_REFCOUNT(slug, idling, of_object, of_thread, of_both)                               \
	static void slug##_loop(struct member *member)                                             \
	{                                                                                          \
		ref_loop(member, slug##_get, slug##_put, idling##_tend);                           \
	}                                                                                          \
	static void slug##_last_loop(struct member *member)                                        \
	{                                                                                          \
		ref_last_loop(member, slug##_get, slug##_put, slug##_end, idling##_tend);          \
	}                                                                                          \
	const struct ref_ops ref_ops_##slug = {                                                    \
		.object_bytes = (of_object),                                                       \
		.thread_bytes = (of_thread),                                                       \
		.part_bytes = (of_both),                                                           \
		.bear = slug##_bear,                                                               \
		.get = slug##_get,                                                                 \
		.put = slug##_put,                                                                 \
		.end = slug##_end,                                                                 \
		.tend = idling##_tend,                                                             \
		.leave = idling##_drain,                                                           \
		.loop = slug##_loop,                                                               \
		.last_loop = slug##_last_loop,                                                     \
	}

#endif
