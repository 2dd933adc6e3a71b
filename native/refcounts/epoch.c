/* SPDX-License-Identifier: MIT */
/* An object is used inside an epoch; see epochs.h. A thread that sleeps there stops all freeing. */
#include "epochs.h"

static void epoch_bear(struct refs *refs, struct counted *object, uint32_t references,
		       uint32_t others, uint32_t owner)
{
	(void)refs;
	(void)references;
	(void)others;
	(void)owner;
	link_init(&object->next, NULL);
	atom_init(&object->owned, 0);
}

static inline struct counted *epoch_get(struct refs *refs, struct link *place,
					struct counted *object, struct locker *me)
{
	epoch_enter(refs, me);
	object = link_load(me, place);
	if (unlikely(!object))
		epoch_leave(refs, me);
	return object;
}

static inline void epoch_put(struct refs *refs, struct counted *object, struct locker *me)
{
	(void)object;
	epoch_leave(refs, me);
}

static inline void epoch_end(struct refs *refs, struct link *place, struct counted *object,
			     struct counted *next, struct locker *me)
{
	link_store(me, place, next);
	epoch_retire(refs, object, me);
	epoch_tend(refs, me);
}

DEFINE_REFCOUNT(epoch, epoch, sizeof(struct link) + sizeof(struct atom),
		sizeof(struct link) + sizeof(struct atom), 0);
