/* SPDX-License-Identifier: MIT */
/*
 * Atomics of the program under a memory model that is weaker than sequential consistency. The
 * mirror of an atomic is a location of the model: what an access reads, and where a store lands,
 * the model says. Real memory has the newest value, so that what the program does without atomics
 * finds it there. What a message carries beside its value is the clock of its writer, for races.
 *
 * All else that the program shares is as it is without a model: locks, threads and waits hand on
 * what was done before them, and plain accesses see what is in memory.
 */
#ifndef DMTORTURE_OWN_WEAK_H
#define DMTORTURE_OWN_WEAK_H

#include <stdbool.h>
#include <stdint.h>

#include "weak.h"

enum own_update { OWN_SET, OWN_ADD, OWN_SUB, OWN_AND, OWN_OR, OWN_XOR, OWN_NAND };

/*
 * @size: 1, 2, 4 or 8 bytes; more is refused. @order: as the compilers number them. Context:
 * own.memory is not EXPLORE_SC, and the program runs.
 */
uint64_t own_weak_load(uintptr_t address, unsigned int size, int order, uintptr_t pc);
void own_weak_store(uintptr_t address, unsigned int size, uint64_t value, int order, uintptr_t pc);
/* Returns the value before. */
uint64_t own_weak_update(uintptr_t address, unsigned int size, enum own_update update, uint64_t by,
			 int order, uintptr_t pc);
/* *@expected becomes what was found. Returns whether that was equal. */
bool own_weak_cas(uintptr_t address, unsigned int size, uint64_t *expected, uint64_t value,
		  int order, int failure, uintptr_t pc);
void own_weak_fence(int order, uintptr_t pc);
/* What the model calls for what it does: clocks go along. */
extern const struct weak_carrier own_carrier;
/*
 * What the clocks of writes that can still be read cover; then a hash of them, and of words whose
 * newest write is not what the program's memory holds. 0 without such a model.
 */
struct own_ranks;
void own_messages_clocks(struct own_ranks *ranks);
uint64_t own_messages_state(const struct own_ranks *ranks);
/* Refuse what no model has. */
void own_weak_refuse(const char *what, uintptr_t pc);

#endif
