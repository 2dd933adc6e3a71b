/* SPDX-License-Identifier: MIT */
/*
 * The K42 variant of MCS: the lock keeps the holder's place in the queue, so that a thread needs
 * no node between acquire and release. Auslander, Edelsohn, Krieger, Rosenburg and Wisniewski,
 * US patent application 20030200457, 2003; Scott, "Shared-Memory Synchronization", 2013, figure
 * 4.9. There the node is on the stack of acquire.
 */
#include "lock.h"

struct k42 {
	struct link tail; /* NULL: free; &head: held, and nobody waits; else the last that waits */
	struct link head; /* the first that waits */
};

static void k42_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct k42 *l = lock;

	for (uint32_t i = 0; i < threads; i++)
		node_init(&nodes[i]);
	link_init(&l->tail, NULL);
	link_init(&l->head, NULL);
}

/* Behind @before, which is the holder's place or a node. */
static void wait_behind(struct k42 *l, struct locker *me, void *before)
{
	struct node *mine = me->node, *node = before;
	uint32_t waits;

	link_store(me, before == (void *)&l->head ? &l->head : &node->link, mine);
	spin_until(me, waits, &mine->state, !waits);
}

static __attribute__((noinline)) void k42_slow(struct k42 *l, struct locker *me)
{
	struct node *mine = me->node;
	void *before, *after;

	atom_store_relaxed(me, &mine->state, 1);
	link_store_relaxed(me, &mine->link, NULL);
	before = link_swap(me, &l->tail, mine);
	arrive(me);
	if (before)
		wait_behind(l, me, before);
	/* Give the place to the lock, so that the node can go. */
	after = link_load(me, &mine->link);
	if (!after) {
		/* Before the cas: the next one stores its node there as soon as it is done. */
		link_store_relaxed(me, &l->head, NULL);
		if (link_cas_release(me, &l->tail, mine, &l->head) == (void *)mine)
			return;
		link_until(me, after, &mine->link, after);
	}
	link_store_relaxed(me, &l->head, after);
}

static inline void k42_acquire(void *lock, struct locker *me)
{
	struct k42 *l = lock;

	if (likely(!link_cas_acquire(me, &l->tail, NULL, &l->head)))
		arrive(me);
	else
		k42_slow(l, me);
}

static inline void k42_release(void *lock, struct locker *me)
{
	struct k42 *l = lock;
	struct node *after = link_load(me, &l->head);

	if (likely(!after)) {
		if (likely(link_cas_release(me, &l->tail, &l->head, NULL) == (void *)&l->head))
			return;
		link_until(me, after, &l->head, after);
	}
	link_store_relaxed(me, &l->head, NULL);
	atom_store(me, &after->state, 0);
}

DEFINE_LOCK(k42, sizeof(struct k42));
