/* SPDX-License-Identifier: MIT */
/* The control: a get counts nothing. What does not catch it sees nothing. */
#include "counts.h"

static void broken_refcount_bear(struct refs *refs, struct counted *object, uint32_t references,
				 uint32_t others, uint32_t owner)
{
	(void)refs;
	(void)owner;
	atom_init(&object->count, references + others);
}

static inline struct counted *broken_refcount_get(struct refs *refs, struct link *place,
						  struct counted *object, struct locker *me)
{
	(void)refs;
	(void)place;
	(void)me;
	return object;
}

static inline void broken_refcount_put(struct refs *refs, struct counted *object, struct locker *me)
{
	if (atom_add(me, &object->count, -1u) == 1)
		refs->free(refs, object, me);
}

END_BY_PUT(broken_refcount)

DEFINE_REFCOUNT(broken_refcount, idle, sizeof(struct atom), 0, 0);
