/* SPDX-License-Identifier: MIT */
/*
 * A reader-writer lock as a struct of functions, each one small file of rwlocks/ on atom.h, as the
 * locks of locks/ are.
 *
 * What is illegal: to take one that the thread holds in any way; to release what it does not hold;
 * a locker used by two threads, or for two locks that are held at once.
 */
#ifndef DMTORTURE_RWLOCK_H
#define DMTORTURE_RWLOCK_H

#include "lock.h"

struct rwlock_ops {
	/* Returns the bytes of a lock that @threads use. */
	size_t (*bytes)(uint32_t threads);
	void (*make)(void *lock, uint32_t threads);
	/* Readers share it. Context: @me holds nothing. */
	void (*read_lock)(void *lock, struct locker *me);
	/*
	 * Returns whether what was read between may be torn, and has to be read again, from
	 * read_lock() on: never, but of an optimistic one.
	 */
	bool (*read_unlock)(void *lock, struct locker *me);
	/* Returns holding it alone. Context: @me holds nothing. */
	void (*write_lock)(void *lock, struct locker *me);
	void (*write_unlock)(void *lock, struct locker *me);
};

struct rwlock_row {
	const char *slug, *source, *says;
	uint32_t year;
	bool optimistic; /* readers take nothing: data is read and written by relaxed atomics */
	const struct rwlock_ops *ops;
};

enum rwlock_id {
#define RWLOCK(slug, ...) RWLOCK_ID_##slug,
#include "rwlocks.def"
#undef RWLOCK
	RWLOCK_COUNT
};

/* By enum rwlock_id. */
extern const struct rwlock_row rwlock_table[RWLOCK_COUNT];

#define DEFINE_RWLOCK(slug)                                                                        \
	const struct rwlock_ops rwlock_ops_##slug = {                                              \
		.bytes = slug##_bytes,                                                             \
		.make = slug##_make,                                                               \
		.read_lock = slug##_read_lock,                                                     \
		.read_unlock = slug##_read_unlock,                                                 \
		.write_lock = slug##_write_lock,                                                   \
		.write_unlock = slug##_write_unlock,                                               \
	}

#endif
