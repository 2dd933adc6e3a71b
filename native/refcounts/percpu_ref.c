/* SPDX-License-Identifier: MIT */
/*
 * A count a thread, and one for all from the kill on. Kent Overstreet, percpu_ref, Linux 3.11.
 * Written anew from its states.
 *
 * Where the kernel has a count a CPU and a reader's section of RCU, a thread has a count and a mark
 * of its own here: it costs a locked store, which no other thread waits for. No one knows the sum
 * while the object lives. The kill sets the flag and waits until no thread is between its look at
 * the flag and its count; then no count moves, and their sum goes into the one for all. That one
 * has a bias until then, so that it does not come to zero by what is put in the meantime.
 */
#include "counts.h"

#define BIAS 0x40000000u

static void percpu_ref_bear(struct refs *refs, struct counted *object, uint32_t references,
			    uint32_t others, uint32_t owner)
{
	for (uint32_t i = 0; i < refs->threads; i++)
		atom_init(&user_of(refs, i)->part[object->index], i == owner ? references : 0);
	atom_init(&object->count, BIAS + others);
	atom_init(&object->owned, 0);
}

/* Add @delta to the thread's own count. Returns whether the object was not killed. */
static inline bool add_to_part(struct refs *refs, struct counted *object, uint32_t delta,
			       struct locker *me)
{
	struct user *user = user_of(refs, me->index);
	struct atom *part = &user->part[object->index];
	bool alive;

	/* Each side stores, then looks at what the other stores: one of them has to see it. */
	atom_store_full(me, &user->inside, 1);
	alive = !atom_load_full(me, &object->owned);
	if (likely(alive))
		atom_store_relaxed(me, part, atom_load_relaxed(me, part) + delta);
	atom_store(me, &user->inside, 0);
	return alive;
}

static inline struct counted *percpu_ref_get(struct refs *refs, struct link *place,
					     struct counted *object, struct locker *me)
{
	(void)place;
	if (unlikely(!add_to_part(refs, object, 1, me)))
		atom_add_relaxed(me, &object->count, 1);
	return object;
}

/* Add @delta to the count for all. */
static inline void percpu_ref_add(struct refs *refs, struct counted *object, uint32_t delta,
				  struct locker *me)
{
	if (!(atom_add_release(me, &object->count, delta) + delta))
		free_last(refs, object, me);
}

static inline void percpu_ref_put(struct refs *refs, struct counted *object, struct locker *me)
{
	if (unlikely(!add_to_part(refs, object, -1u, me)))
		percpu_ref_add(refs, object, -1u, me);
}

static inline void percpu_ref_end(struct refs *refs, struct link *place, struct counted *object,
				  struct counted *next, struct locker *me)
{
	uint32_t sum = 0, inside;

	link_store(me, place, next);
	atom_store_full(me, &object->owned, 1);
	for (uint32_t i = 0; i < refs->threads; i++) {
		struct user *user = user_of(refs, i);

		while ((inside = atom_load_full(me, &user->inside)))
			relax(me, &user->inside, inside);
		sum += atom_load_relaxed(me, &user->part[object->index]);
	}
	/* With the reference that it was born with. */
	percpu_ref_add(refs, object, sum - BIAS - 1, me);
}

DEFINE_REFCOUNT(percpu_ref, idle, 2 * sizeof(struct atom), sizeof(struct atom),
		sizeof(struct atom));
