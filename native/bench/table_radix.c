/* SPDX-License-Identifier: MIT */
/*
 * The bare walk: 64-way layers, no map of what is free, no life before the objects, no locking.
 * What an IDR costs beyond this is what it costs to be one.
 */
#include <stdlib.h>

#include "arrays.h"
#include "table.h"
#include "tables.h"

#define RADIX_BITS 6
#define RADIX_SLOTS (1u << RADIX_BITS)
#define RADIX_LEVELS_MAX 6
_Static_assert((int64_t)BENCH_LIST_MAX_populations <= (int64_t)1 << RADIX_BITS * RADIX_LEVELS_MAX,
	       "the tree has a leaf for every id");
#define RADIX_ALIGN 64

struct radix_node {
	void *slot[RADIX_SLOTS];
	uint32_t used;
} __attribute__((aligned(RADIX_ALIGN)));

struct radix {
	struct radix_node *top;
	uint32_t levels;
	struct radix_node *free; /* a list through slot[0] */
	struct radix_node *nodes;
};

static inline void *radix_find(void *table, uint32_t id)
{
	const struct radix *r = table;
	const struct radix_node *node = r->top;
	uint32_t shift = r->levels * RADIX_BITS;

	if ((uint64_t)id >> shift)
		return NULL;
	while (node && shift) {
		shift -= RADIX_BITS;
		node = node->slot[id >> shift & (RADIX_SLOTS - 1)];
	}
	return (void *)node;
}

static inline void *radix_replace(void *table, uint32_t id, void *entry)
{
	struct radix *r = table;
	struct radix_node *node = r->top;
	uint32_t shift = r->levels * RADIX_BITS;
	void *old;

	if ((uint64_t)id >> shift)
		return NULL;
	for (shift -= RADIX_BITS; node && shift; shift -= RADIX_BITS)
		node = node->slot[id >> shift & (RADIX_SLOTS - 1)];
	if (!node)
		return NULL;
	old = node->slot[id & (RADIX_SLOTS - 1)];
	node->slot[id & (RADIX_SLOTS - 1)] = entry;
	return old;
}

static inline struct radix_node *take_node(struct radix *r)
{
	struct radix_node *node = r->free;

	r->free = node->slot[0];
	node->slot[0] = NULL;
	return node;
}

/* The tree is as high as its population takes from the start. */
static inline void radix_add(void *table, uint32_t id, void *entry)
{
	struct radix *r = table;
	struct radix_node *node = r->top;

	for (uint32_t shift = (r->levels - 1) * RADIX_BITS; shift; shift -= RADIX_BITS) {
		void **slot = &node->slot[id >> shift & (RADIX_SLOTS - 1)];

		if (!*slot) {
			*slot = take_node(r);
			node->used++;
		}
		node = *slot;
	}
	node->used += !node->slot[id & (RADIX_SLOTS - 1)];
	node->slot[id & (RADIX_SLOTS - 1)] = entry;
}

static inline void *radix_remove(void *table, uint32_t id)
{
	struct radix *r = table;
	struct radix_node *node = r->top, *path[RADIX_LEVELS_MAX];
	uint32_t level = r->levels;
	void *old;

	while (--level) {
		path[level] = node;
		node = node->slot[id >> level * RADIX_BITS & (RADIX_SLOTS - 1)];
		if (!node)
			return NULL;
	}
	old = node->slot[id & (RADIX_SLOTS - 1)];
	node->slot[id & (RADIX_SLOTS - 1)] = NULL;
	node->used -= old != NULL;
	while (!node->used && ++level < r->levels) {
		node->slot[0] = r->free;
		r->free = node;
		node = path[level];
		node->slot[id >> level * RADIX_BITS & (RADIX_SLOTS - 1)] = NULL;
		node->used--;
	}
	return old;
}

static void radix_unmake(void *table)
{
	struct radix *r = table;

	if (r)
		free(r->nodes);
	free(r);
}

static void *radix_make(uint32_t population, const uint32_t *chain)
{
	struct radix *r = calloc(1, sizeof(*r));
	size_t count = population / (RADIX_SLOTS / 2) + RADIX_SLOTS;

	if (!r)
		return NULL;
	r->nodes = array_aligned(RADIX_ALIGN, count, sizeof(*r->nodes));
	if (!r->nodes) {
		free(r);
		return NULL;
	}
	for (size_t i = count; i--;) {
		r->nodes[i].slot[0] = r->free;
		r->free = &r->nodes[i];
	}
	for (r->levels = 1; population > UINT64_C(1) << r->levels * RADIX_BITS; r->levels++)
		;
	r->top = take_node(r);
	for (uint32_t id = 0; id < population; id++)
		radix_add(r, id, entry_of(chain, id));
	return r;
}

DEFINE_TABLE(radix);
