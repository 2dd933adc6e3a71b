/* SPDX-License-Identifier: MIT */
/*
 * A thread of the program: its number, its nodes, its record of counts. Mapped, never unmapped,
 * since a node may be in a queue for as long as a mutex is held; one that ended leaves all that to
 * the next.
 */
#ifndef DMTORTURE_PRELOAD_SELF_H
#define DMTORTURE_PRELOAD_SELF_H

#include <stdatomic.h>
#include <stdbool.h>

#include "atom.h"
#include "counts.h"
#include "layout.h"

#define SLOTS 16

/* A node that is in use from acquire to release; any thread may release. */
struct node_slot {
	struct node node;
	_Atomic uint32_t busy;
	struct room *room; /* whose; a fork needs to know */
} __attribute__((aligned(LINE_BYTES)));

/* As many as are held at once: more are mapped when they are needed. */
struct slots {
	struct node_slot slot[SLOTS];
	struct slots *more;
};

struct self {
	struct self *next; /* of all that there ever were */
	_Atomic uint32_t in_use;
	uint32_t index; /* from 1; never another's */
	uint32_t pace;	/* acquisitions until one is timed */
	uint32_t draw;	/* of the one after that; 0: there was none yet */
	bool uncounted; /* there is no record for it */
	struct count_record *record;
	struct slots slots;
};

extern __thread struct self *self_of_thread __attribute__((tls_model("initial-exec")));
/* Rises in the child of a fork: a lock that was taken before may have waiters that are not there.
 */
extern uint64_t fork_epoch;
/* A lock that spins gives its CPU away at each turn: there are more threads than CPUs. */
extern _Atomic bool crowded;

/* Make the calling thread known. Context: any; takes no lock, does not come from malloc(). */
struct self *enter(void);
void self_begin(void);
void self_after_fork(void);
/* More than SLOTS nodes are held at once. */
struct node_slot *more_slots(struct slots *slots);

static inline struct self *myself(void)
{
	struct self *s = self_of_thread;

	return likely(s != NULL) ? s : enter();
}

static inline struct node *node_take(struct self *s, struct room *room)
{
	struct node_slot *slot = NULL;

	for (uint32_t i = 0; i < SLOTS; i++)
		if (!atomic_load_explicit(&s->slots.slot[i].busy, memory_order_acquire)) {
			slot = &s->slots.slot[i];
			break;
		}
	if (unlikely(!slot))
		slot = more_slots(&s->slots);
	atomic_store_explicit(&slot->busy, 1, memory_order_relaxed);
	slot->room = room;
	return &slot->node;
}

static inline void node_give(struct node *node)
{
	struct node_slot *slot = (struct node_slot *)node;

	atomic_store_explicit(&slot->busy, 0, memory_order_release);
}

_Static_assert(offsetof(struct node_slot, node) == 0, "a slot is found by its node");

#endif
