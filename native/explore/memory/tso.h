/* SPDX-License-Identifier: MIT */
/*
 * x86-TSO: Owens, Sarkar, Sewell, A Better x86 Memory Model: x86-TSO (2009). A store goes to the
 * buffer of its CPU, and its oldest entry to memory in a step of its own. A load looks into its own
 * CPU's buffer first. Read-modify-writes, seq_cst stores and fences, locks and what else is ordered
 * by the machine empty the buffer of their CPU before.
 *
 * A store of a part of a word empties it, too, and so does an access to several words. CPUs have
 * some room in their buffers, and so have these: a full one gives its oldest entry to memory.
 *
 * Memory holds one value a word, in place; there are no views, and nobody looks for data races.
 */
#ifndef DMTORTURE_TSO_H
#define DMTORTURE_TSO_H

#include "memory.h"

#define ENTRIES_MAX FLUSH_ENTRIES
#define OPTION_BUFFER 1 /* of a store; 0: to memory, where nothing is before it in the buffer */

struct entry {
	struct word *word;
	uint64_t value;
	const struct site *site;
	uint32_t step; /* of the store; read where a story is made */
};

struct buffer {
	uint32_t count;
	struct entry entry[ENTRIES_MAX]; /* the oldest first */
};

struct tso {
	struct memory memory; /* must be first */
	bool flushes;	      /* a store goes from a buffer to memory */
	/* A value out of a buffer stands in this word. */
	struct {
		struct word *word; /* NULL: nowhere */
		uint64_t value;
	} lent;
	/* Where the access that runs stores to the buffer. */
	struct word *stored; /* NULL: nothing */
	uint32_t stored_by;
	struct buffer buffer[FLUSH_THREADS];
};

static inline struct tso *tso_of(const struct memory *m)
{
	return (struct tso *)(uintptr_t)m;
}

static inline struct tso *tso_of_weak(const struct weak *weak)
{
	return (struct tso *)(uintptr_t)weak;
}

static inline struct word *word_at(const struct tso *m, uint32_t place)
{
	return (struct word *)(uintptr_t)m->memory.fibers->hot.memory + place;
}

/* Whether it may wait in the buffer. */
static inline bool is_buffered(const struct op *op)
{
	return (op->kind == OP_STORE && op->order != ORDER_SEQ_CST) ||
	       (op->kind == OP_PLAIN_WRITE && op->words == 1 && !op->lands);
}

extern const struct weak_ops tso_weak_ops;

#endif
