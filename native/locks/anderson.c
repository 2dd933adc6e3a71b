/* SPDX-License-Identifier: MIT */
/*
 * Anderson's array lock: a ring of slots, each thread waits on its own and passes the lock to the
 * next. "The Performance of Spin Lock Alternatives for Shared-Memory Multiprocessors", IEEE TPDS
 * 1990. The slots are padded; that is the point of it.
 */
#include "lock.h"

struct slot {
	struct atom may_go;
} __attribute__((aligned(LINE_BYTES)));

struct anderson {
	struct atom next;
	uint32_t mask; /* a power of two of slots, so that the count may wrap around */
	struct slot slot[];
};

static void anderson_make(void *lock, struct node *nodes, uint32_t threads)
{
	struct anderson *l = lock;
	uint32_t slots = 1;

	(void)nodes;
	while (slots < threads)
		slots *= 2;
	l->mask = slots - 1;
	atom_init(&l->next, 0);
	for (uint32_t i = 0; i < slots; i++)
		atom_init(&l->slot[i].may_go, i == 0);
}

static inline void anderson_acquire(void *lock, struct locker *me)
{
	struct anderson *l = lock;
	uint32_t slot = atom_add(me, &l->next, 1), go;

	arrive(me);
	slot &= l->mask;
	me->slot = slot;
	spin_until(me, go, &l->slot[slot].may_go, go);
	atom_store_relaxed(me, &l->slot[slot].may_go, 0);
}

static inline void anderson_release(void *lock, struct locker *me)
{
	struct anderson *l = lock;

	atom_store(me, &l->slot[(me->slot + 1) & l->mask].may_go, 1);
}

DEFINE_LOCK(anderson, sizeof(struct anderson));
