/* SPDX-License-Identifier: MIT */
/*
 * A lock where it stands in a program's mutexes: the calls of pthread, made of its file of
 * native/locks with acquire and release inlined.
 */
#ifndef DMTORTURE_PRELOAD_LOCK_ARCH_H
#define DMTORTURE_PRELOAD_LOCK_ARCH_H

#include "mutex.h"

/* How each lock is taken if it is free. */
#define ROOM_SYSTEM (-1)
enum {
#define PRELOADED(slug, room) ROOM_OF_##slug = ROOM_##room,
#include "preload.def"
#undef PRELOADED
};

#define DEFINE_VERBS(slug, counts)                                                                 \
	static int slug##_lock_##counts(pthread_mutex_t *m, void *from)                            \
	{                                                                                          \
		return mutex_lock(m, from, (enum room_kind)ROOM_OF_##slug, slug##_room_take,       \
				  counts);                                                         \
	}                                                                                          \
	static int slug##_trylock_##counts(pthread_mutex_t *m, void *from)                         \
	{                                                                                          \
		return mutex_trylock(m, from, (enum room_kind)ROOM_OF_##slug, counts);             \
	}                                                                                          \
	static int slug##_unlock_##counts(pthread_mutex_t *m)                                      \
	{                                                                                          \
		return mutex_unlock(m, slug##_room_give, counts);                                  \
	}                                                                                          \
	const struct verbs slug##_verbs_##counts = {.lock = slug##_lock_##counts,                  \
						    .trylock = slug##_trylock_##counts,            \
						    .unlock = slug##_unlock_##counts,              \
						    .room_try = slug##_room_try,                   \
						    .room_take = slug##_room_take,                 \
						    .room_give = slug##_room_give,                 \
						    .counted = (counts),                           \
						    .chosen = true}

#define DEFINE_LOCK(slug, size)                                                                    \
	_Static_assert((size) <= ROOM_LOCK_BYTES, "a mutex has room for " #slug);                  \
	static bool slug##_room_try(struct room *room)                                             \
	{                                                                                          \
		return room_try(room, (enum room_kind)ROOM_OF_##slug);                             \
	}                                                                                          \
	static __attribute__((noinline)) void slug##_room_take(struct room *room)                  \
	{                                                                                          \
		room_take(room, (enum room_kind)ROOM_OF_##slug, slug##_acquire);                   \
	}                                                                                          \
	static inline void slug##_room_give(struct room *room)                                     \
	{                                                                                          \
		room_give(room, (enum room_kind)ROOM_OF_##slug, slug##_release);                   \
	}                                                                                          \
	DEFINE_VERBS(slug, false);                                                                 \
	DEFINE_VERBS(slug, true);                                                                  \
	__attribute__((unused)) static void (*const slug##_made)(void *, struct node *,            \
								 uint32_t) = slug##_make

#endif
