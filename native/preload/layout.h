/* SPDX-License-Identifier: MIT */
/*
 * What lies in the program's own mutexes and reader-writer locks in the place of what libc keeps
 * there. A static initialiser leaves all bytes zero except the kind, so the kind's offset is part
 * of the ABI of the C library, and all zero has to be a free lock. There is no table and nothing
 * is allocated: a lock works before any constructor ran.
 */
#ifndef DMTORTURE_PRELOAD_LAYOUT_H
#define DMTORTURE_PRELOAD_LAYOUT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "likely.h"

#if !defined(__GLIBC__) || !defined(__LP64__)
#error "run --lock needs glibc on 64 bits: the layout is that of its mutex"
#endif

struct node;

#define ROOM_LOCK_BYTES 8

/* A lock of native/locks, and what it needs from acquire to release. All zero is free. */
struct room {
	_Alignas(8) unsigned char lock[ROOM_LOCK_BYTES];
	union {
		struct node *node; /* TAIL: the holder's */
		uint64_t epoch;	   /* NUMBERS, TOKEN: fork_epoch when it was taken */
	};
};

/* Over pthread_mutex_t. */
struct own {
	/* Of recursive and error-checking kinds: the number of the thread, which a fork keeps. */
	_Atomic uint32_t owner;
	uint32_t depth;
	uint64_t since; /* ticks; 0: this hold is not timed */
	int kind;	/* libc's */
	uint32_t timed; /* of that hold: which thread counts it, and at which of its sites */
	struct room room;
};

_Static_assert(offsetof(struct own, kind) == offsetof(pthread_mutex_t, __data.__kind),
	       "the kind of a mutex is where libc has it");
_Static_assert(sizeof(struct own) <= sizeof(pthread_mutex_t), "a mutex has room for it");
_Static_assert(_Alignof(struct own) <= _Alignof(pthread_mutex_t), "a mutex is aligned for it");

/* Over pthread_rwlock_t. */
struct own_rw {
	_Atomic uint32_t state; /* readers, RW_WRITER, RW_SLEEPERS */
	_Atomic uint32_t owner; /* the thread that writes; only it can compare this with its own */
	struct room room;	/* where writers line up */
	uint32_t lined_up;	/* the writer holds `room`, too */
	int shared;		/* libc's */
	uint64_t since;
	uint32_t timed;
	uint32_t spare;
	unsigned int flags; /* libc's */
};

_Static_assert(offsetof(struct own_rw, shared) == offsetof(pthread_rwlock_t, __data.__shared) &&
		       offsetof(struct own_rw, flags) == offsetof(pthread_rwlock_t, __data.__flags),
	       "libc's fields of a reader-writer lock are where libc has them");
_Static_assert(sizeof(struct own_rw) <= sizeof(pthread_rwlock_t), "an rwlock has room for it");

/* In a mutex's kind: its type, and hints of lock elision. All other bits are libc's business. */
#define KIND_TYPE 3
#define KIND_HINTS (256 | 512)
#define KIND_ROBUST 16
#define KIND_INHERIT 32
#define KIND_PROTECT 64
#define KIND_SHARED 128

static inline struct own *own_of(pthread_mutex_t *m)
{
	return (struct own *)m;
}

static inline struct own_rw *own_rw_of(pthread_rwlock_t *l)
{
	return (struct own_rw *)l;
}

/* Whether the lock is in the mutex; else it is libc's: robust, of a priority, shared, destroyed. */
static inline bool is_ours(const struct own *o)
{
	return likely(!(o->kind & ~(KIND_TYPE | KIND_HINTS)));
}

/* Whether nobody asks which thread holds it. */
static inline bool is_plain(const struct own *o)
{
	int type = o->kind & KIND_TYPE;

	return likely(type == PTHREAD_MUTEX_TIMED_NP || type == PTHREAD_MUTEX_ADAPTIVE_NP);
}

/* One that prefers writers is libc's: here readers go first, as they do by default. */
static inline bool is_our_rw(const struct own_rw *l)
{
	return likely(!l->shared && l->flags != PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
}

#endif
