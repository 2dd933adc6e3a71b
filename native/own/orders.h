/* SPDX-License-Identifier: MIT */
/* The memory orders of the program's atomics, and what stands in their place: orders.c. */
#ifndef DMTORTURE_OWN_ORDERS_H
#define DMTORTURE_OWN_ORDERS_H

#include <stdint.h>

#include "machine.h"

#define OWN_ORDERED_MAX 512
/* Of a fact: the order stands above the offset of the call. */
#define OWN_ORDER_SHIFT 32

enum own_ordered_kind { OWN_LOADS, OWN_STORES, OWN_UPDATES, OWN_FENCES };

/* A call that an execution has come to. */
struct own_ordered {
	uint64_t at;   /* its offset in the object */
	uint8_t kind;  /* enum own_ordered_kind */
	uint8_t order; /* enum word_order, as the program has it */
};

/* No order is replaced any more; have one be, as @fact, of OWN_FACT_ORDER, says. */
void own_orders_forget(void);
void own_orders_replace(uint64_t fact);
/* The order that counts of the call at @pc, which asks for @written. */
enum word_order own_orders_at(uintptr_t pc, enum own_ordered_kind kind, enum word_order written);
/* Calls that executions of this process have come to, in that order. Returns how many. */
uint32_t own_orders_met(const struct own_ordered **rows);

#endif
