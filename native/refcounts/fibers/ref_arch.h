/* SPDX-License-Identifier: MIT */
/* A reference count in the model has no measuring loop. */
#ifndef DMTORTURE_FIBERS_REF_ARCH_H
#define DMTORTURE_FIBERS_REF_ARCH_H

/* @idling: the scheme that has the last two verbs. */
#define DEFINE_REFCOUNT(slug, idling, of_object, of_thread, of_both)                               \
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
	}

#endif
