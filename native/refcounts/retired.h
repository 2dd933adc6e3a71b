/* SPDX-License-Identifier: MIT */
/* The objects that a thread is to free when no other uses them: a list of its own. */
#ifndef DMTORTURE_RETIRED_H
#define DMTORTURE_RETIRED_H

#include "refs.h"

static inline bool has_retired(struct refs *refs, struct locker *me)
{
	return link_load_relaxed(me, &user_of(refs, me->index)->retired) != NULL;
}

static inline void keep_retired(struct refs *refs, struct counted *object, struct locker *me)
{
	struct link *retired = &user_of(refs, me->index)->retired;

	link_store_relaxed(me, &object->next, link_load_relaxed(me, retired));
	link_store_relaxed(me, retired, object);
}

/* All of them, linked by `next`. */
static inline struct counted *take_retired(struct refs *refs, struct locker *me)
{
	struct link *retired = &user_of(refs, me->index)->retired;
	struct counted *all = link_load_relaxed(me, retired);

	link_store_relaxed(me, retired, NULL);
	return all;
}

#endif
