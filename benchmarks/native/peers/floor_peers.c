/* SPDX-License-Identifier: MIT */
/*
 * Floors, in our loops: the accesses that an algorithm cannot do without where nobody waits, and
 * nothing else. As locks they exclude nobody, so they are for one thread; as a table there is the
 * plain array, which has a place for every id and no tree to walk.
 */
#include <stdlib.h>

#include "lock.h"
#include "table.h"

/* A lock in order of arrival: an addition, a load of the number served, and a store. */
struct floor_order {
	uint32_t next, called;
};

static void floor_order_make(void *lock, struct node *nodes, uint32_t threads)
{
	(void)nodes;
	(void)threads;
	*(struct floor_order *)lock = (struct floor_order){0};
}

static inline void floor_order_acquire(void *lock, struct locker *me)
{
	struct floor_order *l = lock;

	me->slot = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED);
	(void)__atomic_load_n(&l->called, __ATOMIC_ACQUIRE);
}

static inline void floor_order_release(void *lock, struct locker *me)
{
	struct floor_order *l = lock;

	__atomic_store_n(&l->called, me->slot + 1, __ATOMIC_RELEASE);
}

DEFINE_LOCK(floor_order, sizeof(struct floor_order));

/* A queue of nodes: a swap of its end, and a compare and swap back. */
static void floor_queue_make(void *lock, struct node *nodes, uint32_t threads)
{
	(void)nodes;
	(void)threads;
	*(void **)lock = NULL;
}

static inline void floor_queue_acquire(void *lock, struct locker *me)
{
	(void)__atomic_exchange_n((void **)lock, (void *)me->node, __ATOMIC_ACQ_REL);
}

static inline void floor_queue_release(void *lock, struct locker *me)
{
	void *mine = me->node;

	__atomic_compare_exchange_n((void **)lock, &mine, NULL, false, __ATOMIC_RELEASE,
				    __ATOMIC_RELAXED);
}

DEFINE_LOCK(floor_queue, sizeof(void *));

/* --- the array --- */

static inline void *floor_array_find(void *table, uint32_t id)
{
	return ((void **)table)[id];
}

static inline void *floor_array_replace(void *table, uint32_t id, void *entry)
{
	void *old = ((void **)table)[id];

	((void **)table)[id] = entry;
	return old;
}

static inline void floor_array_add(void *table, uint32_t id, void *entry)
{
	((void **)table)[id] = entry;
}

static inline void *floor_array_remove(void *table, uint32_t id)
{
	return floor_array_replace(table, id, NULL);
}

static void floor_array_unmake(void *table)
{
	free(table);
}

static void *floor_array_make(uint32_t population, const uint32_t *chain)
{
	void **table = calloc(population, sizeof(*table));

	for (uint32_t id = 0; table && id < population; id++)
		table[id] = entry_of(chain, id);
	return table;
}

DEFINE_TABLE(floor_array);
