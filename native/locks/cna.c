/* SPDX-License-Identifier: MIT */
/*
 * CNA: MCS whose holder passes the lock to the next waiter of its own NUMA node, and takes those
 * that it passes over along in a second queue. Dice and Kogan, "Compact NUMA-aware Locks", EuroSys
 * 2019. The second queue is a ring of which the tail goes with the lock, as in Kogan's patch for
 * Linux's qspinlock. Of every LOCAL_MAX passes one goes to the second queue, if there is one; the
 * paper draws a random number, of which the model would know nothing.
 */
#include "lock.h"

#define LOCAL_MAX 256u

struct cna {
	struct link tail;
	struct atom passes; /* in a row within a node; the holder's */
};

/*
 * What is given to a node: NULL, it waits; the lock's address, it has the lock; else the tail of
 * the second queue, which comes with the lock.
 */

static void cna_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct cna *l = lock;

	for (uint32_t i = 0; i < threads; i++)
		node_init(&nodes[i]);
	link_init(&l->tail, NULL);
	atom_init(&l->passes, 0);
}

static bool is_local(struct locker *me, const struct node *node)
{
	return node_of((uint32_t)(node - me->nodes)) == node_of(me->index);
}

static inline void cna_acquire(void *lock, struct locker *me)
{
	struct cna *l = lock;
	struct node *mine = me->node, *before;
	void *given;

	link_store_relaxed(me, &mine->link, NULL);
	before = link_swap(me, &l->tail, mine);
	me->ahead = NULL;
	if (likely(!before))
		return;
	link_store_relaxed(me, &mine->given, NULL);
	link_store(me, &before->link, mine);
	link_until(me, given, &mine->given, given);
	me->ahead = given == lock ? NULL : given;
}

/* Nobody waits in the first queue: make the second one that, or free the lock. */
static bool empty_queue(struct cna *l, struct locker *me)
{
	struct node *mine = me->node, *second = me->ahead, *head;

	if (likely(!second))
		return link_cas_release(me, &l->tail, mine, NULL) == (void *)mine;
	head = link_load_relaxed(me, &second->link);
	/* Before it is the tail: the next thread links itself there. */
	link_store_relaxed(me, &second->link, NULL);
	if (link_cas_release(me, &l->tail, mine, second) == (void *)mine) {
		link_store(me, &head->given, l);
		return true;
	}
	link_store_relaxed(me, &second->link, head);
	return false;
}

/*
 * The first waiter of the own node behind @after. Those before it go to the end of the second
 * queue. NULL: there is none, and nothing was moved.
 */
static struct node *find_local(struct locker *me, struct node *after)
{
	struct node *last = NULL, *node = after, *second = me->ahead;

	while (node && !is_local(me, node)) {
		last = node;
		node = link_load(me, &node->link);
	}
	if (!node || !last)
		return node;
	link_store_relaxed(me, &last->link, second ? link_load_relaxed(me, &second->link) : after);
	if (second)
		link_store_relaxed(me, &second->link, after);
	me->ahead = last;
	return node;
}

static void pass_on(struct cna *l, struct locker *me, struct node *after)
{
	uint32_t passes = atom_load_relaxed(me, &l->passes);
	struct node *local = NULL, *second;

	/* Twice in the model, or no second queue would grow. */
	if (passes <= patience(LOCAL_MAX))
		local = find_local(me, after);
	second = me->ahead;
	atom_store_relaxed(me, &l->passes, local ? passes + 1 : 0);
	if (local) {
		link_store(me, &local->given, second ? second : (void *)l);
	} else if (second) {
		struct node *head = link_load_relaxed(me, &second->link);

		link_store_relaxed(me, &second->link, after);
		link_store(me, &head->given, l);
	} else {
		link_store(me, &after->given, l);
	}
}

static inline void cna_release(void *lock, struct locker *me)
{
	struct cna *l = lock;
	struct node *mine = me->node, *after = link_load(me, &mine->link);

	if (likely(!after)) {
		if (likely(empty_queue(l, me)))
			return;
		link_until(me, after, &mine->link, after);
	}
	pass_on(l, me, after);
}

DEFINE_LOCK(cna, sizeof(struct cna));
