/* SPDX-License-Identifier: MIT */
/*
 * Epochs. Keir Fraser, "Practical Lock-Freedom", Cambridge, 2004, section 5.2.3. A thread that
 * looks something up says in which epoch it does; the epoch moves on when every thread that is
 * inside is in this one. What was taken out of its place in an epoch is free two later: a thread
 * that is inside in the same epoch may have seen it, and does not keep the next from beginning.
 */
#ifndef DMTORTURE_EPOCHS_H
#define DMTORTURE_EPOCHS_H

#include "retired.h"

#define EPOCHS_TO_WAIT 2u

static inline void epoch_enter(struct refs *refs, struct locker *me)
{
	uint32_t epoch = atom_load_relaxed(me, &refs->epoch);

	/* A release: one that reads this knows of what was used before. */
	atom_store(me, &user_of(refs, me->index)->inside, epoch * 2 + 1);
	/* Before any look at a place. */
	atom_fence(me, ORDER_SEQ_CST);
}

static inline void epoch_leave(struct refs *refs, struct locker *me)
{
	atom_store(me, &user_of(refs, me->index)->inside, 0);
}

/* Whether a thread that said @inside holds up the end of @epoch. */
static inline bool is_behind(uint32_t inside, uint32_t epoch)
{
	return inside && inside != epoch * 2 + 1;
}

/* Free what is old enough. Context: as of tend. */
static inline void free_old(struct refs *refs, struct locker *me)
{
	uint32_t epoch = atom_load(me, &refs->epoch);
	struct counted *object, *next;

	for (object = take_retired(refs, me); object; object = next) {
		next = link_load_relaxed(me, &object->next);
		if (epoch - atom_load_relaxed(me, &object->owned) >= EPOCHS_TO_WAIT)
			refs->free(refs, object, me);
		else
			keep_retired(refs, object, me);
	}
}

/* Free @object when no thread can be inside that saw it. Context: it is in no place any more. */
static inline void epoch_retire(struct refs *refs, struct counted *object, struct locker *me)
{
	atom_fence(me, ORDER_SEQ_CST);
	atom_store_relaxed(me, &object->owned, atom_load_relaxed(me, &refs->epoch));
	keep_retired(refs, object, me);
}

/* Free what is old, and begin an epoch if all are in this one. */
static inline void epoch_tend(struct refs *refs, struct locker *me)
{
	uint32_t epoch;

	if (likely(!has_retired(refs, me)))
		return;
	epoch = atom_load(me, &refs->epoch);
	atom_fence(me, ORDER_SEQ_CST);
	for (uint32_t i = 0; i < refs->threads; i++)
		if (is_behind(atom_load(me, &user_of(refs, i)->inside), epoch))
			return;
	atom_cas(me, &refs->epoch, epoch, epoch + 1);
	free_old(refs, me);
}

/* The same, and wait for those that are behind. */
static inline void epoch_drain(struct refs *refs, struct locker *me)
{
	uint32_t epoch, inside;

	while (has_retired(refs, me)) {
		epoch = atom_load(me, &refs->epoch);
		atom_fence(me, ORDER_SEQ_CST);
		for (uint32_t i = 0; i < refs->threads; i++)
			spin_until(me, inside, &user_of(refs, i)->inside,
				   !is_behind(inside, epoch));
		atom_cas(me, &refs->epoch, epoch, epoch + 1);
		free_old(refs, me);
	}
}

#endif
