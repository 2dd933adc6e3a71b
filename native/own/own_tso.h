/* SPDX-License-Identifier: MIT */
/*
 * Atomics of the program under x86-TSO. The model has the buffers; what it does not know is kept
 * here in step with them: where in the program's memory an entry goes, and the clock that it hands
 * on there. Real memory has what has landed. What the program does without atomics goes there at
 * once, which is right for all that no data race touches: what one thread does before another is
 * in memory before it, by an order that empties a buffer or that a buffer keeps.
 */
#ifndef DMTORTURE_OWN_TSO_H
#define DMTORTURE_OWN_TSO_H

#include "own.h"
#include "weak.h"

#define OWN_QUIET_MAX 100000u

struct own_ranks;

struct own_store {
	struct word *word;
	uintptr_t address;
	unsigned int size;
	uint64_t value;
	uintptr_t pc;
};

/* Whether nobody can see in which order the current thread stores. */
static inline bool own_tso_is_alone(void)
{
	return own.quiet_from && own.count < 2;
}

/* Whether a store of @thread waits in its buffer. */
bool own_tso_waits_in(uint32_t thread);
/* The current thread comes to an atomic: no word holds what one of them alone sees. */
void own_tso_begins(void);
/* What an access orders, behind its point, by @order. */
void own_tso_loads(const struct word *w, uintptr_t address, enum word_order order);
/* The same of the two halves of a read-modify-write; its own access comes between. */
void own_tso_takes(uintptr_t address, enum word_order order);
void own_tso_hands_on(uintptr_t address, enum word_order order);
/* The current thread stores, behind its point. Refuses what may end before it lands. */
void own_tso_stores(const struct own_store *store, enum word_order order);
/* A plain access: refused where a store of the current thread waits to land. */
void own_tso_touches(uintptr_t address, unsigned int size, uintptr_t pc);
/* A block is freed: what waits to land there never does. */
void own_tso_free(uintptr_t block, size_t size);
/* Of struct weak_carrier. */
void own_tso_waits(void *context, uint32_t cpu, struct word *w, uint64_t value);
void own_tso_landed(void *context, uint32_t cpu, struct word *w, uint64_t value);
/* Clocks of what waits, and a hash of them: state.h. What waits where, the model hashes. */
void own_tso_clocks(struct own_ranks *ranks);
uint64_t own_tso_state(const struct own_ranks *ranks);

#endif
