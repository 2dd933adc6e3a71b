/* SPDX-License-Identifier: MIT */
/*
 * The memory orders of the program's atomics: which one each call of the compiler's asked for, and
 * which one stands in its place. Under a weak memory model alone, where orders are all that keeps
 * an access from reading what is old.
 */
#include "orders.h"

#include <stdlib.h>

#include "own.h"

static struct {
	uint8_t *instead; /* by code offset, of the call: an order; 0: its own */
	uint16_t *number; /* by code offset: 1 + that in `row`; 0: it has not been come to */
	struct own_ordered row[OWN_ORDERED_MAX];
	uint32_t rows;
} all;

static void allocate(void)
{
	size_t bytes = own.text_end - own.text_low;

	all.instead = calloc(bytes, sizeof(*all.instead));
	all.number = calloc(bytes, sizeof(*all.number));
	if (!all.instead || !all.number)
		machine_bug("no memory for the orders of atomics");
}

void own_orders_forget(void)
{
	if (!all.instead)
		allocate();
	memset(all.instead, 0, own.text_end - own.text_low);
}

void own_orders_replace(uint64_t fact)
{
	uint32_t offset = (uint32_t)fact;
	uint64_t order = fact >> OWN_ORDER_SHIFT;

	if (offset < own.text_end - own.text_low && order <= ORDER_SEQ_CST)
		all.instead[offset] = (uint8_t)order;
}

enum word_order own_orders_at(uintptr_t pc, enum own_ordered_kind kind, enum word_order written)
{
	uintptr_t offset = pc - 1 - own.text_low;

	if (unlikely(!own_is_code(pc)))
		return written;
	if (unlikely(!all.instead))
		allocate();
	if (unlikely(!all.number[offset]) && all.rows < OWN_ORDERED_MAX) {
		all.row[all.rows++] = (struct own_ordered){offset, (uint8_t)kind, (uint8_t)written};
		all.number[offset] = (uint16_t)all.rows;
	}
	return all.instead[offset] ? (enum word_order)all.instead[offset] : written;
}

uint32_t own_orders_met(const struct own_ordered **rows)
{
	*rows = all.row;
	return all.rows;
}
