/* SPDX-License-Identifier: MIT */
/*
 * Hazard pointers. Maged Michael, "Hazard Pointers: Safe Memory Reclamation for Lock-Free Objects",
 * IEEE TPDS 15(6), 2004.
 *
 * A thread names the object that it is about to use, and looks again whether the object is still in
 * its place. One that takes an object from its place looks at the names of all before it frees it.
 * With a fence on both sides, one of the two sees what the other wrote.
 */
#include "retired.h"

static void hazard_bear(struct refs *refs, struct counted *object, uint32_t references,
			uint32_t others, uint32_t owner)
{
	(void)refs;
	(void)references;
	(void)others;
	(void)owner;
	link_init(&object->next, NULL);
}

static inline struct counted *hazard_get(struct refs *refs, struct link *place,
					 struct counted *object, struct locker *me)
{
	struct link *hazard = &user_of(refs, me->index)->hazard;
	struct counted *named = link_load_relaxed(me, place);

	(void)object;
	while (likely(named != NULL)) {
		/* A release: one that reads this name knows of the use of what was named before. */
		link_store(me, hazard, named);
		atom_fence(me, ORDER_SEQ_CST);
		object = link_load(me, place);
		if (likely(object == named))
			return object;
		named = object;
	}
	link_store(me, hazard, NULL);
	return NULL;
}

static inline void hazard_put(struct refs *refs, struct counted *object, struct locker *me)
{
	(void)object;
	link_store(me, &user_of(refs, me->index)->hazard, NULL);
}

static inline bool is_named(struct refs *refs, struct counted *object, struct locker *me)
{
	for (uint32_t i = 0; i < refs->threads; i++)
		if (link_load(me, &user_of(refs, i)->hazard) == object)
			return true;
	return false;
}

static inline void hazard_tend(struct refs *refs, struct locker *me)
{
	struct counted *object, *next;

	if (likely(!has_retired(refs, me)))
		return;
	atom_fence(me, ORDER_SEQ_CST);
	for (object = take_retired(refs, me); object; object = next) {
		next = link_load_relaxed(me, &object->next);
		if (is_named(refs, object, me))
			keep_retired(refs, object, me);
		else
			refs->free(refs, object, me);
	}
}

static inline void hazard_end(struct refs *refs, struct link *place, struct counted *object,
			      struct counted *next, struct locker *me)
{
	link_store(me, place, next);
	keep_retired(refs, object, me);
	hazard_tend(refs, me);
}

/* Wait for each thread that names one. */
static inline void hazard_drain(struct refs *refs, struct locker *me)
{
	struct counted *object, *next, *named;

	atom_fence(me, ORDER_SEQ_CST);
	for (object = take_retired(refs, me); object; object = next) {
		next = link_load_relaxed(me, &object->next);
		for (uint32_t i = 0; i < refs->threads; i++)
			link_until(me, named, &user_of(refs, i)->hazard, named != object);
		refs->free(refs, object, me);
	}
}

DEFINE_REFCOUNT(hazard, hazard, sizeof(struct link), 2 * sizeof(struct link), 0);
