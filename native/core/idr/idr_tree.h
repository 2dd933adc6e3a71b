/* SPDX-License-Identifier: MIT */
/*
 * The IDR's tree, private to idr.c and idr_layers.c: digits of an id, and layers out of the tree.
 *
 * A digit is IDR_BITS bits of an id: digit 0 chooses a slot of a leaf, digit n one of a layer
 * n levels above the leaves. A layer out of the tree is in a chain linked through slot[0]; all
 * its ids are free, and all else in it is zero.
 */
#ifndef DMTORTURE_IDR_TREE_H
#define DMTORTURE_IDR_TREE_H

#include "idr.h"

static inline unsigned int digit(uint64_t id, unsigned int level)
{
	return id >> level * IDR_BITS & (IDR_SIZE - 1);
}

/* @id without the digits below @level. */
static inline uint64_t floor_to(uint64_t id, unsigned int level)
{
	return id >> level * IDR_BITS << level * IDR_BITS;
}

/* The lowest id that a tree of @levels is too small for. */
static inline uint64_t capacity(unsigned int levels)
{
	return UINT64_C(1) << levels * IDR_BITS;
}

/* Levels of the lowest tree that holds @id. */
static inline unsigned int levels_for(uint64_t id)
{
	return (63 - (unsigned int)__builtin_clzll(id | 1)) / IDR_BITS + 1;
}

static inline struct idr_layer *child(const struct idr_layer *layer, unsigned int slot)
{
	return idr_layer(word_peek(&layer->slot[slot]));
}

static inline void set_child(struct task *t, struct idr_layer *layer, unsigned int slot,
			     const void *pointer)
{
	word_store(t, &layer->slot[slot], (uint64_t)(uintptr_t)pointer);
}

static inline void set_bit(struct task *t, struct word *map, unsigned int slot)
{
	word_store(t, map, word_peek(map) | UINT64_C(1) << slot);
}

static inline void clear_bit(struct task *t, struct word *map, unsigned int slot)
{
	word_store(t, map, word_peek(map) & ~(UINT64_C(1) << slot));
}

/* Put @layer in front of the chain. */
static inline void chain_push(struct task *t, struct idr_layer **chain, struct idr_layer *layer)
{
	set_child(t, layer, 0, *chain);
	*chain = layer;
}

static inline struct idr_layer *chain_pop(struct task *t, struct idr_layer **chain)
{
	struct idr_layer *layer = *chain;

	*chain = child(layer, 0);
	set_child(t, layer, 0, NULL);
	return layer;
}

/*
 * Move a chain to the preload list; what that has no room for goes back to the slab.
 * Context: any; takes the tree's lock.
 */
void idr_give_layers(struct task *t, struct idr *idr, struct idr_layer *chain);
/*
 * Take @wanted preloaded layers, all or none. Returns the chain; NULL when there are fewer.
 * Context: any; takes the tree's lock.
 */
struct idr_layer *idr_take_layers(struct task *t, struct idr *idr, unsigned int wanted);

#endif
