/* SPDX-License-Identifier: MIT */
/*
 * The kernel's count since 4.11, which Reshetova, Liljestrand, Paverd and Asokan describe in
 * "Toward Linux Kernel Memory Safety", 2018; without a compare-and-swap since 5.5. Written anew.
 *
 * A count that would wrap around, and one that is taken or dropped at zero, becomes SATURATED and
 * stays about there: the object leaks, and is never freed under a user. From there it takes 2^30
 * threads in the middle of a get to come back.
 */
#include "counts.h"

#define SATURATED 0xc0000000u

static inline bool is_negative(uint32_t count)
{
	return count >> 31;
}

static inline void saturate(struct counted *object, struct locker *me)
{
	atom_store_relaxed(me, &object->count, SATURATED);
}

static void refcount_t_bear(struct refs *refs, struct counted *object, uint32_t references,
			    uint32_t others, uint32_t owner)
{
	(void)refs;
	(void)owner;
	atom_init(&object->count, references + others);
}

static inline struct counted *refcount_t_get(struct refs *refs, struct link *place,
					     struct counted *object, struct locker *me)
{
	uint32_t before = atom_add_relaxed(me, &object->count, 1);

	(void)refs;
	(void)place;
	/* Zero, negative, or the next is. */
	if (unlikely(!before || is_negative(before | (before + 1))))
		saturate(object, me);
	return object;
}

static inline void refcount_t_put(struct refs *refs, struct counted *object, struct locker *me)
{
	uint32_t before = atom_add_release(me, &object->count, -1u);

	if (before == 1)
		free_last(refs, object, me);
	else if (unlikely(!before || is_negative(before)))
		saturate(object, me);
}

END_BY_PUT(refcount_t)

DEFINE_REFCOUNT(refcount_t, idle, sizeof(struct atom), 0, 0);
