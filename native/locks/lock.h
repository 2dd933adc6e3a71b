/* SPDX-License-Identifier: MIT */
/*
 * A lock as a struct of functions. Each lock is one small file of locks/: its struct, then make,
 * acquire, release in this order, then DEFINE_LOCK(). A lock that spins is written against
 * atom.h and nothing else, and then needs a row in locks.def to be validated, explored and
 * measured.
 *
 * What is illegal: acquire by the thread that holds it; release by another; a locker used by two
 * threads, or for two locks that are held at once.
 */
#ifndef DMTORTURE_LOCK_H
#define DMTORTURE_LOCK_H

#include "atom.h"
#include "lock_ops.h"
#include "tables.h"

#define LOCK_THREADS_MAX 256
#define LOCK_BYTES_MAX ((LOCK_THREADS_MAX + 1) * LINE_BYTES)

/* How a thread waits for the lock. */
enum lock_class {
	LOCK_SPINS,
	LOCK_YIELDS,  /* spins, and gives the CPU away */
	LOCK_BLOCKS,  /* sleeps in the kernel */
	LOCK_CONTROL, /* excludes nobody, and must fail */
};

struct lock_row {
	const char *slug, *says;
	const char *source; /* where it was published first; empty: nowhere */
	const char *usual;  /* why it is measured when no lock is named; empty: it is not */
	const char *serves; /* of a reader-writer lock: which thread goes first; NULL: by @fifo */
	uint32_t year;	    /* of the source; 0: none */
	enum lock_class class;
	bool fifo;	    /* serves in the order of arrival */
	bool queue;	    /* each waits on a node or a slot of its own */
	bool nodes_made_up; /* its NUMA nodes: see node_of() */
	bool reference;	    /* the system's; not written against atom.h, so the model has it not */
	bool optimistic;    /* its readers take nothing: see rwlock.h */
	const struct lock_ops *ops;
	bool own;	 /* a file of the user's; its name is the slug, its class not known */
	bool by_pointer; /* measured through pointers, as a library has to be */
};

/* By enum lock_id. The model has all except the references; their ops are NULL there. */
extern const struct lock_row lock_table[LOCK_COUNT];

/* Whether readers share the lock. */
static inline bool lock_is_shared(const struct lock_row *row)
{
	return row->ops->read_acquire != NULL;
}

/* Make @me thread @index of those that share @nodes. */
static inline void locker_init(struct locker *me, struct node *nodes, uint32_t index,
			       uint64_t ticks_per_us)
{
	*me = (struct locker){.node = &nodes[index],
			      .nodes = nodes,
			      .index = index,
			      .ticks_per_us = ticks_per_us};
}

/* Bytes of a lock that @threads use, in whole lines. */
static inline size_t lock_bytes(const struct lock_ops *ops, uint32_t threads)
{
	size_t lines = (ops->bytes + LINE_BYTES - 1) / LINE_BYTES;

	/* Anderson's ring has a slot a thread, rounded up to a power of two. */
	return (lines + 2 * (size_t)threads) * LINE_BYTES;
}

/* A node that nobody queues with. */
static inline void node_init(struct node *node)
{
	link_init(&node->link, NULL);
	atom_init(&node->state, 0);
	link_init(&node->given, NULL);
}

#define NODES_MADE_UP 2

/* The NUMA node of thread @index, made up: threads take turns. */
static inline uint32_t node_of(uint32_t index)
{
	return index % NODES_MADE_UP;
}

#include "lock_arch.h"

#endif
