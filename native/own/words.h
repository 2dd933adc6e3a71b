/* SPDX-License-Identifier: MIT */
/* Mirrors: what of the program the explorer sees. Part of own.h. */
#ifndef DMTORTURE_OWN_WORDS_H
#define DMTORTURE_OWN_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "likely.h"

struct word;

/* What a mirror stands for. Objects of one address and different kinds are different objects. */
enum own_mirror {
	OWN_ATOMIC,
	OWN_MUTEX,
	OWN_RWLOCK,
	OWN_CONDITION,
	OWN_SEMAPHORE,
	OWN_BARRIER,
	OWN_ONCE,
	OWN_ENDING, /* of a thread, by its number */
	OWN_FUTEX,
	OWN_PLAIN, /* what races, under a weak memory model: see own_word_of_plain() */
	OWN_LOOP,  /* the gate of a thread that goes round, by its number */
	OWN_MIRRORS
};

/*
 * The mirror of the @size bytes at @address, the same in every execution: numbers are given in the
 * order of first use. Atomics of different sizes that overlap share one, which is learned. Faults:
 * none; a program with too many is refused.
 */
struct word *own_find_word(uintptr_t address, unsigned int size);

/* Those that were asked for last. */
#define OWN_WORDS_LAST 256
struct own_last_word {
	uintptr_t address;
	unsigned int size;
	struct word *word; /* NULL: none */
};
extern struct own_last_word own_words_last[OWN_WORDS_LAST];

static inline struct word *own_word(uintptr_t address, unsigned int size)
{
	struct own_last_word *last =
		&own_words_last[(address >> 2 ^ address >> 10) % OWN_WORDS_LAST];

	if (unlikely(last->address != address || last->size != size || !last->word))
		*last = (struct own_last_word){address, size, own_find_word(address, size)};
	return last->word;
}

/*
 * The mirror of an object of sync.h: a struct mutex, semaphore, condition, barrier, once, ending,
 * of zeroes when an execution begins; or words of the caller's.
 */
void *own_find_object(uintptr_t address, enum own_mirror kind);

/* Those that were asked for last. */
#define OWN_OBJECTS_LAST 64
struct own_last_object {
	uintptr_t address;
	enum own_mirror kind;
	void *object; /* NULL: none */
};
extern struct own_last_object own_objects_last[OWN_OBJECTS_LAST];

static inline void *own_object(uintptr_t address, enum own_mirror kind)
{
	struct own_last_object *last =
		&own_objects_last[(address ^ address >> 3 ^ (uintptr_t)kind << 4) %
				  OWN_OBJECTS_LAST];

	if (unlikely(last->address != address || last->kind != kind || !last->object))
		*last = (struct own_last_object){address, kind, own_find_object(address, kind)};
	return last->object;
}

/* Whether some of these bytes are known to be accessed in different sizes. */
bool own_is_of_mixed_sizes(uintptr_t address, unsigned int size);

/*
 * The mirror of a plain access that is a point. Under a weak memory model it is none of a location
 * of that model: what overlaps need not be one.
 */
struct word *own_word_of_plain(uintptr_t address, unsigned int size);

/* A hash of what all locks and the like hold. */
uint64_t own_locks_hash(void);
/* What is mirrored at @w: its address, or a thread's number. */
uintptr_t own_address_of(const struct word *w, enum own_mirror *kind);
/* The bytes of the atomic whose mirror @w is; 0: they are accessed in different sizes. */
unsigned int own_size_of(const struct word *w);
/*
 * The size of what @thread touches by way of @mirror, and *@address where mirrors stand for more;
 * 0: it did not say. @flushed: no access of it, but a store to that word leaves its buffer.
 */
unsigned int own_told(uint32_t thread, const struct word *flushed, enum own_mirror mirror,
		      uintptr_t *address);

#endif
