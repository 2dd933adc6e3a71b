/* SPDX-License-Identifier: MIT */
/*
 * Biased reference counting. Choi, Shull and Torrellas, "Biased Reference Counting: Minimizing
 * Atomic Operations in Garbage Collection", PACT 2018; CPython's threads without a global lock
 * count so.
 *
 * The thread that made an object counts in `owned`, without atomic instructions; the others in
 * `count`, which may fall below zero, since they may drop what the owner took. The first to bring
 * it there puts the object into the owner's queue. The owner adds both together, once: when its own
 * falls to zero, or when it visits its queue. Whatever is queued is freed by the visit alone. A
 * thread that has left has CLOSED in the place of its queue, and the others merge for it.
 */
#include "counts.h"

#define MERGED 1u
#define QUEUED 2u
#define ONE 4u

/* In the place of a queue: its thread has left. Not the address of an object. */
static struct counted closed;
#define CLOSED (&closed)

static void biased_bear(struct refs *refs, struct counted *object, uint32_t references,
			uint32_t others, uint32_t owner)
{
	(void)refs;
	object->owner = owner;
	atom_init(&object->count, others * ONE);
	atom_init(&object->owned, references);
	link_init(&object->next, NULL);
}

/* What the calling thread counts apart; 0: it counts as one of the others. */
static inline uint32_t owned_by(struct counted *object, struct locker *me)
{
	return object->owner == me->index ? atom_load_relaxed(me, &object->owned) : 0;
}

static inline struct counted *biased_get(struct refs *refs, struct link *place,
					 struct counted *object, struct locker *me)
{
	uint32_t owned = owned_by(object, me);

	(void)refs;
	(void)place;
	if (likely(owned))
		atom_store_relaxed(me, &object->owned, owned + 1);
	else
		atom_add_relaxed(me, &object->count, ONE);
	return object;
}

/* Nothing is left, and no visit is going to find that out. */
static inline bool is_over(uint32_t count)
{
	return count == MERGED;
}

/*
 * Add the owner's count to the others'. Context: the owner's visit, or a thread that found the
 * queue of the owner closed; the object is queued, so only one comes here.
 */
static inline void merge_queued(struct refs *refs, struct counted *object, struct locker *me)
{
	uint32_t owned = atom_load_relaxed(me, &object->owned) * ONE;
	uint32_t before = atom_load_relaxed(me, &object->count), found, after;

	atom_store_relaxed(me, &object->owned, 0);
	for (;;) {
		after = (before + owned - QUEUED) | MERGED;
		found = atom_cas(me, &object->count, before, after);
		if (found == before)
			break;
		before = found;
	}
	if (is_over(after))
		free_last(refs, object, me);
}

/* Have the owner of @object merge it. */
static inline void ask_owner(struct refs *refs, struct counted *object, struct locker *me)
{
	struct link *queue = &user_of(refs, object->owner)->queue;
	struct counted *head = link_load(me, queue), *found;

	for (;;) {
		if (head == CLOSED) {
			merge_queued(refs, object, me);
			return;
		}
		link_store_relaxed(me, &object->next, head);
		found = link_cas(me, queue, head, object);
		if (found == head)
			return;
		head = found;
	}
}

static inline void put_of_other(struct refs *refs, struct counted *object, struct locker *me)
{
	uint32_t before = atom_load_relaxed(me, &object->count), found, after;

	for (;;) {
		after = before - ONE;
		/* Below zero, and neither merged nor asked for. */
		if (after >> 31 && !(after & (MERGED | QUEUED)))
			after |= QUEUED;
		found = atom_cas_release(me, &object->count, before, after);
		if (found == before)
			break;
		before = found;
	}
	if ((after & QUEUED) > (before & QUEUED))
		ask_owner(refs, object, me);
	else if (is_over(after))
		free_last(refs, object, me);
}

/* The owner's own count fell to zero: from here on it counts as one of the others. */
static inline void merge_own(struct refs *refs, struct counted *object, struct locker *me)
{
	if (is_over(atom_or(me, &object->count, MERGED) | MERGED))
		free_last(refs, object, me);
}

static inline void biased_put(struct refs *refs, struct counted *object, struct locker *me)
{
	uint32_t owned = owned_by(object, me);

	if (unlikely(!owned)) {
		put_of_other(refs, object, me);
		return;
	}
	atom_store_relaxed(me, &object->owned, owned - 1);
	if (unlikely(owned == 1))
		merge_own(refs, object, me);
}

static inline void biased_end(struct refs *refs, struct link *place, struct counted *object,
			      struct counted *next, struct locker *me)
{
	link_store(me, place, next);
	biased_put(refs, object, me);
}

/* Merge what is in the queue, and leave @instead in its place. */
static inline void visit_queue(struct refs *refs, struct counted *instead, struct locker *me)
{
	struct counted *object = link_swap(me, &user_of(refs, me->index)->queue, instead), *next;

	for (; object; object = next) {
		next = link_load_relaxed(me, &object->next);
		merge_queued(refs, object, me);
	}
}

static inline void biased_tend(struct refs *refs, struct locker *me)
{
	if (unlikely(link_load_relaxed(me, &user_of(refs, me->index)->queue) != NULL))
		visit_queue(refs, NULL, me);
}

static inline void biased_drain(struct refs *refs, struct locker *me)
{
	visit_queue(refs, CLOSED, me);
}

DEFINE_REFCOUNT(biased, biased, 3 * sizeof(struct atom) + sizeof(struct link), sizeof(struct link),
		0);
