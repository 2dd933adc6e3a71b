/* SPDX-License-Identifier: MIT */
/* Of schemes whose last put finds out that it is the last. */
#ifndef DMTORTURE_COUNTS_H
#define DMTORTURE_COUNTS_H

#include "refs.h"

/*
 * The last reference of @object was dropped, by a release of this thread's on its count. The load
 * has what the others did with it come before its end: they released the count, too.
 */
static inline void free_last(struct refs *refs, struct counted *object, struct locker *me)
{
	(void)atom_load(me, &object->count);
	refs->free(refs, object, me);
}

/* A thread has nothing to do between its puts. */
static inline void idle_tend(struct refs *refs, struct locker *me)
{
	(void)refs;
	(void)me;
}

static inline void idle_drain(struct refs *refs, struct locker *me)
{
	(void)refs;
	(void)me;
}

/* The end of an object that nobody finds in a place: the reference it was born with. */
#define END_BY_PUT(slug)                                                                           \
	static inline void slug##_end(struct refs *refs, struct link *place,                       \
				      struct counted *object, struct counted *next,                \
				      struct locker *me)                                           \
	{                                                                                          \
		link_store(me, place, next);                                                       \
		slug##_put(refs, object, me);                                                      \
	}

#endif
