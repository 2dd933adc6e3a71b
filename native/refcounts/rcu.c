/* SPDX-License-Identifier: MIT */
/*
 * A look-up as the kernel makes it under RCU: find the object inside an epoch, take a reference
 * unless there is none any more, and keep that. McKenney and Slingwine, "Read-Copy Update: Using
 * Execution History to Solve Concurrency Problems", PDCS 1998; kref_get_unless_zero(). Epochs stand
 * for the grace periods; see epochs.h.
 */
#include "epochs.h"

static void rcu_bear(struct refs *refs, struct counted *object, uint32_t references,
		     uint32_t others, uint32_t owner)
{
	(void)refs;
	(void)owner;
	link_init(&object->next, NULL);
	atom_init(&object->owned, 0);
	atom_init(&object->count, references + others);
}

/* Returns false where the count was zero: its end has begun. */
static inline bool get_unless_zero(struct counted *object, struct locker *me)
{
	uint32_t before = atom_load_relaxed(me, &object->count), found;

	while (before) {
		found = atom_cas_acquire(me, &object->count, before, before + 1);
		if (found == before)
			return true;
		before = found;
	}
	return false;
}

static inline struct counted *rcu_get(struct refs *refs, struct link *place, struct counted *object,
				      struct locker *me)
{
	epoch_enter(refs, me);
	object = link_load(me, place);
	if (unlikely(object && !get_unless_zero(object, me)))
		object = NULL;
	epoch_leave(refs, me);
	return object;
}

static inline void rcu_put(struct refs *refs, struct counted *object, struct locker *me)
{
	if (likely(atom_add_release(me, &object->count, -1u) != 1))
		return;
	/* What the others did with it comes before its end. */
	(void)atom_load(me, &object->count);
	epoch_retire(refs, object, me);
}

static inline void rcu_end(struct refs *refs, struct link *place, struct counted *object,
			   struct counted *next, struct locker *me)
{
	link_store(me, place, next);
	rcu_put(refs, object, me);
}

DEFINE_REFCOUNT(rcu, epoch, sizeof(struct link) + 2 * sizeof(struct atom),
		sizeof(struct link) + sizeof(struct atom), 0);
